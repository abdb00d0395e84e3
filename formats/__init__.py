"""Files of scenes: camera sets, point clouds."""
