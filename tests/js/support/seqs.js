/** All from the one to the other: what a reader without gaps has read. */
export const upTo = (last, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
