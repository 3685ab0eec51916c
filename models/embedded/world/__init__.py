"""The picture-book world: scenes of emoji art and plain shapes with exact ground truth.

    from models.embedded.world.art import Art
    from models.embedded.world.lexicon import canonical, describes, names_of
    from models.embedded.world.render import render
    from models.embedded.world.scene import SceneSpec, make_scene

    art = Art.load()                                    # prepared by python -m models.embedded.world.art
    scene = make_scene(7, "train")                      # layout from a seed, 0.2 ms, needs no art
    drawn = render(scene, art)                          # about 2 ms; Art.none() will do for plain shapes
    drawn.image, drawn.masks, drawn.depth               # (H, W, 3) uint8, [(H, W) bool], (H, W) float32
    for thing in drawn.scene.things:                    # visible boxes, xyxy
        thing.noun, thing.box, thing.colour, thing.size, names_of(thing)
    drawn.scene.find("small red cars")                  # the things of which a phrase is true
    thing.text                                          # what is written on a sign or a banner, else None

Splits share no scene and no text on a sign; some nouns come in some style only where that is asked for (`transfer.py`).

The art serves for making scenes; nothing at run time needs it.
"""
