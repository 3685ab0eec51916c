"""How the window looks: theme, style sheet and script. Nothing is fetched from elsewhere."""

from importlib.resources import files

import gradio as gr

from agent.rendering.page import LOGO, script, style

SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "Arial", "sans-serif"]
MONO = [
    "ui-monospace",
    "SF Mono",
    "Cascadia Code",
    "Menlo",
    "Consolas",
    "DejaVu Sans Mono",
    "Liberation Mono",
    "monospace",
]

_USES = {
    "paper": ["body_background_fill", "background_fill_secondary", "panel_background_fill"],
    "card": [
        "background_fill_primary",
        "block_background_fill",
        "input_background_fill",
        "input_background_fill_focus",
        "button_secondary_background_fill",
        "checkbox_background_color",
    ],
    "sunk": ["code_background_fill", "block_label_background_fill", "button_secondary_background_fill_hover"],
    "ink": ["body_text_color", "button_secondary_text_color", "accordion_text_color", "block_title_text_color"],
    "soft": ["body_text_color_subdued", "block_info_text_color", "block_label_text_color", "input_placeholder_color"],
    "rule": ["border_color_primary", "block_border_color", "input_border_color", "panel_border_color"],
    "edge": ["button_secondary_border_color", "button_secondary_border_color_hover", "checkbox_border_color"],
    "accent": [
        "border_color_accent",
        "link_text_color",
        "link_text_color_visited",
        "button_primary_background_fill",
        "button_primary_border_color",
        "loader_color",
        "slider_color",
        "input_border_color_focus",
    ],
    "accent-strong": [
        "button_primary_background_fill_hover",
        "button_primary_border_color_hover",
        "link_text_color_hover",
        "link_text_color_active",
    ],
    "accent-soft": ["color_accent_soft", "border_color_accent_subdued"],
    "on-accent": ["button_primary_text_color", "button_primary_text_color_hover"],
    "bad": ["error_text_color", "error_border_color"],
    "badback": ["error_background_fill"],
}
"""What of Gradio's theme has which colour of `agent/rendering/page.css` and `window.css`: the window and the page of an
answer look alike. These colours know light and dark themselves."""


def theme() -> gr.Theme:
    """Paper, ink and one accent, with the fonts of the system."""
    colours = {}
    for name, places in _USES.items():
        for place in places:
            colours[place] = colours[f"{place}_dark"] = f"var(--{name})"
    return gr.themes.Base(
        primary_hue="slate", neutral_hue="stone", radius_size="lg", text_size="md", font=SANS, font_mono=MONO
    ).set(
        **colours,
        color_accent="var(--accent)",
        block_shadow="none",
        block_border_width="1px",
        block_radius="14px",
        button_large_radius="10px",
        button_medium_radius="10px",
        button_small_radius="8px",
        button_border_width="1px",
        button_primary_shadow="none",
        button_secondary_shadow="none",
        input_border_width="1px",
        input_radius="10px",
        input_shadow="none",
        input_shadow_focus="none",
        layout_gap="14px",
    )


def head() -> str:
    """Style sheet and script, for the head of the window."""
    folder = files("chat")
    rules = style()
    start = rules.index(":root")
    end = rules.index("}", start) + 1
    variables, rest = rules[start:end], rules[end:]
    nested = f".sight {{ {rest.replace(':root', '&')} }}"
    sheet = f"{variables}\n{nested}\n{folder.joinpath('window.css').read_text('utf-8')}"
    code = f"{script()}\n{folder.joinpath('window.js').read_text('utf-8')}"
    return (
        '<meta name="referrer" content="no-referrer">'
        f'<style id="sight-style">{sheet}</style><script id="sight-script">{code}</script>'
    )


__all__ = ["LOGO", "head", "theme"]
