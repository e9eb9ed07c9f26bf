"""Order books kept by sockets: snapshots that share one budget, and the callback that keeps a book true."""
