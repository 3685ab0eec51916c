"""What is written on signs and banners: short words in capitals, some of which training never shows."""

import random
import re
import zlib

from models.embedded.world.things import SceneError, Split

LONGEST_TEXT = 14
"""Characters. What is longer could not be read at the size of a sign."""

_WORDS = """
OPEN CLOSED STOP EXIT ENTRY SALE ZOO CAFE BAR HOTEL BANK BUS TAXI TRAIN SCHOOL LIBRARY MUSEUM PARK BEACH POOL FARM
MARKET BAKERY PIZZA COFFEE TEA BREAD MILK EGGS HONEY FRUIT FISH FRESH FREE NEW HOT COLD SLOW FAST LEFT RIGHT NORTH
SOUTH EAST WEST UP DOWN PUSH PULL QUIET DANGER CAUTION WARNING KEEP OUT WELCOME HELLO GOODBYE THANKS PARTY MUSIC
DANCE CIRCUS CINEMA TICKETS GAMES BOOKS TOYS SHOES HATS FLOWERS GARDEN FOREST RIVER LAKE ISLAND BRIDGE TOWER CASTLE
STATION AIRPORT HARBOUR GARAGE PARKING TOILET PHONE POLICE DOCTOR DENTIST PHARMACY POST OFFICE KITCHEN SOUP SALAD
NOODLES RICE CAKE COOKIES CANDY JUICE WATER SODA LUNCH DINNER BREAKFAST MENU TODAY MONDAY FRIDAY SUNDAY SUMMER
WINTER SPRING AUTUMN BIRTHDAY HAPPY LUCKY WINNER START FINISH GOAL TEAM HOME VISITOR SCORE RADIO NEWS SPORT TENNIS
GOLF SKATE SURF SWIM CAMP HIKE BIKE RENT LOAN TOUR GUIDE MAP INFO HELP WANTED LOST FOUND RESCUE ANIMALS PETS BIRDS
BEARS SHARKS SNAKES SPIDERS ROBOTS ROCKETS SPACE PLANET STARS MOON LIGHT NIGHT SILENCE MAGIC TREASURE PIRATES
DRAGONS KNIGHTS QUEEN KING PRINCE WIZARD GHOSTS MASKS LEMONS CHERRIES APPLES CARROTS PUMPKINS POTATOES TOMATOES
"""
_PAIRS = tuple(
    text.strip()
    for text in """
    NO ENTRY, KEEP OUT, FOR SALE, BUS STOP, ICE CREAM, HOT DOGS, FREE HUGS, WET PAINT, ONE WAY, THIS WAY, NO PARKING,
    GOOD LUCK, TOY SHOP, BOOK FAIR, PET SHOP, FRESH FISH, BIG SALE, SLOW DOWN, NO SWIMMING, TRAIN STATION, CAR WASH,
    TEA ROOM, LOST CAT, NEW BOOKS, GATE 7, ROOM 12, EXIT 3, PLATFORM 9, ROUTE 66, LEVEL 5, AREA 51, CLUB 24
    """.replace("\n", " ").split(",")
)


def is_held_out(text: str) -> bool:
    """Whether a text is never on a sign of the training split; about one in five."""
    return zlib.crc32(text.encode()) % 5 == 0


TRAINING_TEXTS = tuple(text for text in (*_WORDS.split(), *_PAIRS) if not is_held_out(text))
HELD_OUT_TEXTS = tuple(text for text in (*_WORDS.split(), *_PAIRS) if is_held_out(text))


def draw_text(rng: random.Random, split: Split) -> str:
    """A text for a sign. Training scenes and the other splits share none."""
    return rng.choice(TRAINING_TEXTS if split == "train" else HELD_OUT_TEXTS)


def checked(text: str) -> str:
    """A text that was asked for, in capitals. Raises SceneError if it cannot stand on a sign."""
    text = " ".join(text.upper().split())
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9 ]*", text) or len(text) > LONGEST_TEXT:
        raise SceneError(f"{text!r} cannot be put on a sign; use at most {LONGEST_TEXT} letters, digits and spaces")
    return text


def lines_of(noun_name: str, text: str) -> tuple[str, ...]:
    """How a text stands on a thing: in one line, or, if it has two words and would be small, in two."""
    return tuple(text.split(" ", 1)) if noun_name == "sign" and len(text) > 7 else (text,)
