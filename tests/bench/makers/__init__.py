"""The same signed page by other people's libraries, each in a process of its own, asked in turns."""
