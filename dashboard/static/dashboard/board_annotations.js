// Shows on a board what was said at its times: marks on its charts, and the list of them.

import { AnnotationList } from "./annotation_list.js"
import { AnnotationMarks } from "./annotation_marks.js"
import { Annotations } from "./annotations.js"

/** @param {{ board: import("./board.js").Board, root: HTMLElement, live: object, times: object }} page */
export function showAnnotations({ board, root, live, times }) {
  const windowOf = () => board.window
  const annotations = new Annotations({ live, windowOf })
  const marks = new AnnotationMarks(annotations, times)
  const list = new AnnotationList({ annotations, button: root.querySelector(".annotations-button"), times, windowOf })
  board.annotate = (plot) => marks.draw(plot, board.window)
  annotations.addEventListener("change", () => board.panels.forEach((panel) => panel.changed()))
  board.addEventListener("loaded", () => annotations.load())
  board.addEventListener("moved", () => {
    annotations.reach(board.window.to)
    list.goOn()
  })
}
