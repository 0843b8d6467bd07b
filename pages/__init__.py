"""The lab's pages, in one table: the navigation, Home's doors and the tests read it.

A new page is a folder here and one entry below.
"""

import contextlib
import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass

from ui.teach.tour import Step


@dataclass(frozen=True)
class Page:
    """One page.

    folder: below pages/, with its page.py, and its path in the address; section: of the navigation, "" for none;
    icon: of Google's Material symbols; help: one line for the navigation; door: what one may do there, for Home.
    """

    folder: str
    title: str
    icon: str
    section: str
    help: str
    door: str = ""

    @property
    def script(self) -> str:
        """Where it stands, as Streamlit wants it: from the folder of lab.py."""
        return f"{self.folder}/page.py"

    @property
    def tour(self) -> Sequence[Step]:
        """The steps of its guided tour, from its tour.py; of the open tab, where tabs have tours of their own."""
        name = f"pages.{self.folder}.tour"
        if not importlib.util.find_spec(name):
            return ()
        tour = importlib.import_module(name)
        return getattr(tour, "of_tab", lambda: tour.TOUR)()


PAGES = (
    Page(
        folder="home",
        title="Home",
        icon=":material/home:",
        section="",
        help="What this is, a first digit to draw, and the models with their measured cards.",
    ),
    Page(
        folder="denoise",
        title="Denoise",
        icon=":material/auto_fix_high:",
        section="Restore",
        help="Damage a digit and watch autoencoders and classical filters restore it.",
        door="Damage and restore it",
    ),
    Page(
        folder="inpaint",
        title="Inpaint",
        icon=":material/healing:",
        section="Restore",
        help="Paint a hole into a digit; networks, a search on the manifold and classical methods fill it.",
        door="Punch a hole in it",
    ),
    Page(
        folder="super_resolution",
        title="Super-resolution",
        icon=":material/hd:",
        section="Restore",
        help="A digit from 49 pixels, and what a network makes of a 7 that has never seen one.",
        door="Shrink it to 16 pixels",
    ),
    Page(
        folder="photos",
        title="Photos",
        icon=":material/photo_library:",
        section="Restore",
        help="Any picture, and pages of digits, restored whole: a network beside strong classical filters.",
        door="Clean a photo",
    ),
    Page(
        folder="signals",
        title="Signals",
        icon=":material/graphic_eq:",
        section="Restore",
        help="A radio pulse under noise: networks and filters that hear it, trace and spectrum live.",
        door="Hear a hidden pulse",
    ),
    Page(
        folder="latent_map",
        title="Latent map",
        icon=":material/scatter_plot:",
        section="Latent space",
        help="The same digits on several maps; move over one and see what every place decodes to.",
        door="Find it on a map",
    ),
    Page(
        folder="interpolate",
        title="Interpolate",
        icon=":material/linear_scale:",
        section="Latent space",
        help="Walk from one digit to another, through pixels and through latent spaces.",
        door="Morph it into another",
    ),
    Page(
        folder="generate",
        title="Generate",
        icon=":material/draw:",
        section="Latent space",
        help="Numbers in a handwriting that you choose, written by models that are told the class.",
        door="Write in its style",
    ),
    Page(
        folder="galaxies",
        title="Galaxies",
        icon=":material/auto_awesome:",
        section="Latent space",
        help="Real galaxies in fifty numbers: walk from one to another, turn, pull, find odd frames, bring your own.",
        door="Walk among galaxies",
    ),
    Page(
        folder="vector_field",
        title="Vector field",
        icon=":material/explore:",
        section="How they learn",
        help="A small network learns under your eyes where to send every place of the plane.",
        door="Watch a network learn",
    ),
    Page(
        folder="gans",
        title="GANs",
        icon=":material/swords:",
        section="How they learn",
        help="A generator and its critic learn from each other: in the plane, live, and with digits.",
        door="Which one is real?",
    ),
    Page(
        folder="training",
        title="Training",
        icon=":material/model_training:",
        section="How they learn",
        help="Networks learn digits under your eyes, each told another loss; change it while they run.",
        door="Train one yourself",
    ),
    Page(
        folder="bottleneck",
        title="Bottleneck",
        icon=":material/hourglass:",
        section="How they learn",
        help="What fits through a code of one number to a thousand: digits, letters, a face, static.",
        door="Squeeze it harder",
    ),
    Page(
        folder="regularise",
        title="Regularise",
        icon=":material/filter_alt:",
        section="How they learn",
        help="Networks of one width that could copy anything, and four ways to keep them from it, kernel by kernel.",
        door="See 500 units light up",
    ),
    Page(
        folder="masked",
        title="Masked",
        icon=":material/grid_on:",
        section="How they learn",
        help="Click patches of a digit or a photograph away; a transformer guesses them from the few that are left.",
        door="Hide most of it",
    ),
    Page(
        folder="tangents",
        title="Tangents",
        icon=":material/moving:",
        section="How they learn",
        help="The few directions in which a digit stays a digit, among 784; and what random ones do.",
        door="Bend it, keep it a digit",
    ),
    Page(
        folder="upsampling",
        title="Upsampling",
        icon=":material/grid_on:",
        section="How they learn",
        help="Four ways to enlarge, number by number, and the checkerboards that some of them draw.",
        door="Enlarge it four ways",
    ),
    Page(
        folder="search",
        title="Search",
        icon=":material/search:",
        section="Put to use",
        help="Your digit among 60,000, found by 16, 32 or 64 bits that a network makes of it.",
        door="Find its like",
    ),
    Page(
        folder="anomalies",
        title="Anomalies",
        icon=":material/troubleshoot:",
        section="Put to use",
        help="What a network never saw it cannot redraw: scores, thresholds, and pictures that fool them.",
        door="Is it normal?",
    ),
    Page(
        folder="compress",
        title="Compress",
        icon=":material/compress:",
        section="Put to use",
        help="Your digit in some 19 bytes, coded and read again, beside JPEG and WebP; and a shoe in the same code.",
        door="Squeeze it into 19 bytes",
    ),
    Page(
        folder="few_labels",
        title="Few labels",
        icon=":material/label:",
        section="Put to use",
        help="A classifier from 10 to 60,000 labels, with and without pretraining; and one that learns from yours.",
        door="Teach it with ten labels",
    ),
    Page(
        folder="lessons",
        title="Lessons",
        icon=":material/school:",
        section="Put to use",
        help="Six lessons of 20 minutes for a class: steps that set the lab, questions and answers.",
        door="Teach with it",
    ),
)


def load() -> None:
    """Import what the pages' scripts import, but no script: for a process that is forked, so that all share it."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if module.name.rpartition(".")[2] not in ("page", "lab"):
            with contextlib.suppress(Exception):  # the page's visitors are told
                importlib.import_module(module.name)
