// Node `ws`: what one client sends goes to every client.
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });

server.on("connection", (socket) => {
  socket.on("message", (data, binary) => {
    for (const client of server.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary });
    }
  });
});
