"""The ground: databases and Redis. The only place that begins and commits."""
