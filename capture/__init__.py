"""Faces, hands, bodies and person masks found in pictures, videos and the pictures of a camera."""
