"""Price lists of other libraries, read from their files and written in our form; nothing is fetched."""
