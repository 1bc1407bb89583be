"""One implementation or more of each port, in a module with the same name as the port."""
