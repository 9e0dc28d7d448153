//! The private PostgreSQL: it keeps its data, keeps others out and ends with the hub.
