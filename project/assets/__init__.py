"""The static files: which there are, their address, and the answer to a request for one."""
