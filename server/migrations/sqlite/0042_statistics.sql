-- PostgreSQL is told here when to take its statistics; SQLite takes none by itself.
SELECT 1;
