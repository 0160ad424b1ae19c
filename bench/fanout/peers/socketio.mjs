// Socket.IO 4: a message from one socket is emitted to all.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { serveClient: false });

io.on("connection", (socket) => {
  socket.on("message", (text) => io.emit("message", text));
});

http.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });
