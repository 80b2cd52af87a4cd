"""Floor 4: out to browsers. Hub of sockets, tail of events, frames. Reads events; decides nothing."""
