"""Synthetic truth: pictures, depth, motion and inertial readings of which everything is known.

Everything is made of a seed on the program's own renderer, and is the same whenever it is made on a machine.
Lengths are metres, the world has Y up, cameras look along z with x to the right and y down, and pixel (0, 0)
has its centre at (0, 0).

    from tests.truth.layouts import write_rgbd
    from tests.truth.sensors import DepthSensor, ImageSensor
    from tests.truth.sequence import sequence

    walk = sequence("room", seed=7, frames=60, sensor=ImageSensor.handheld(), rate_hz=30)
    frame = walk.frame(3)                       # picture, depth, camera, gain
    flow, seen = walk.flow(3, 4)                # pixels to the next frame, and whether they are seen there
    write_rgbd(walk, folder, DepthSensor.indoor())

    film = stage(seed=3, frames=90, framing="face")      # tests.truth.performer
    write_performance(film, folder)                     # 52 coefficients, head, gaze, landmarks

`places` are what there is to see, `paths` how a camera goes through them, `trajectory` its exact motion,
`inertial` an accelerometer and a gyroscope, `sensors` noise, blur, exposure and depth errors, `layouts` the
files: photographs with `cameras.json`, `frame-NNNNNN.*`, TUM RGB-D, stereo pairs and EuRoC.

`performer` is a skinned figure made of formulas (`skeleton`, `body`, `face`, `expressions`), `acting` what it
does, `landmarks` its points in MediaPipe's order and `performance_files` its truth in JSON. It moves as a
person does, but no detector trained on photographs of people has been shown to find it.
"""
