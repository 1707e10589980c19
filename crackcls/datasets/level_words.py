"""What the names of folders mean that are no classes: parts of a split, places, kinds of files."""

import re
import unicodedata
from collections.abc import Collection

TRAIN, VALIDATION, TEST = "train", "validation", "test"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Single words, folded by `tokens`.
PARTS = {
    TRAIN: _words(
        "train training trainset traindata trn trainieren entrainement apprentissage "
        "entrenamiento addestramento treino treinamento egitim 训练 训练集 訓練 学習 학습 훈련"
    ),
    VALIDATION: _words(
        "val valid validation validate validating validset valset valdata dev development "
        "validierung validacion validazione validacao dogrulama 验证 验证集 検証 검증"
    ),
    TEST: _words(
        "test tests testing testset testdata holdout prueba prova teste 测试 测试集 テスト 테스트"
    ),
}
# For some the validation part, for others the test.
EITHER = _words("eval evaluation evaluate evalset")
# They stand beside the word, as in `train_images` and `test set`.
FILLERS = _words(
    "set sets data dataset split splits part image images img imgs photo photos picture pictures "
    "sample samples folder files"
)
# What a folder of one object, visit or camera is called, with a name or a number beside it.
PLACES = _words(
    "building buildings house bridge site sites location place structure block tower floor storey "
    "story room facade elevation pier span abutment tunnel road street dam plant hall garage "
    "camera cam phone drone flight uav dcim media inspector inspection visit survey day date week "
    "month year session batch scan client customer project job order "
    "gebaude haus brucke bauwerk objekt standort strasse prufer prufung begehung kamera tag datum "
    "batiment immeuble maison pont chantier ouvrage inspecteur visite "
    "edificio casa puente obra inspector fecha ponte palazzo cantiere ispettore data predio obra "
    "bina kopru saha denetci tarih 建物 橋 橋梁 楼 大楼 桥 桥梁 工地 日期 현장 건물 교량 날짜"
)
# Parts of a structure: SDNET2018 has photographs of each of them.
SURFACES = _words(
    "d p w deck decks pavement pavements wall walls bridge road slab slabs column columns beam "
    "beams ceiling ceilings floor floors"
)
PICTURES = _words("image images img imgs photo photos picture pictures original originals rgb jpg")
MASKS = _words(
    "mask masks label labels annotation annotations gt groundtruth ground truth segmentation "
    "segmentations bw"
)
MONTHS = _words(
    "jan feb mar apr may jun jul aug sep oct nov dec january february march april june july "
    "august september october november december januar februar marz mai juni juli oktober dezember"
)
_DATE = re.compile(
    r"(19|20)\d\d([-_. ]?(0?[1-9]|1[0-2])([-_. ]?[0-3]?\d)?)?|[0-3]?\d[-_. ]\d\d?[-_. ](\d\d){1,2}"
)
_CAMERA_FOLDER = re.compile(r"\d{3}_?[a-z_]{3,5}\d*|\d{3,}(_\d+)?", re.IGNORECASE)


def tokens(name: str) -> list[str]:
    """Cut a name into words, in small letters and without accents and digits."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", bare))


def part_of(name: str, beside: Collection[str] = ()) -> str | None:
    """Tell which part of a split a folder's name means.

    Args:
        name: Such as `valid` or `Test_images`.
        beside: The names of the folders beside it, which tell what `eval` means.

    Returns:
        `train`, `validation` or `test`; None for another word.
    """
    words = [word for word in tokens(name) if word not in FILLERS]
    if len(words) != 1:
        return None
    if words[0] in EITHER:
        others = {part_of(one) for one in beside if not EITHER & {*tokens(one)}}
        return TEST if VALIDATION in others else VALIDATION
    return next((part for part, known in PARTS.items() if words[0] in known), None)


def is_place(name: str) -> bool:
    """Tell whether a name is one of an object, a date, a camera or a person, and no class."""
    bare = name.strip()
    if _DATE.fullmatch(bare) or _CAMERA_FOLDER.fullmatch(bare):
        return True
    words = {*tokens(name)}
    return bool(words & PLACES) or (bool(words & MONTHS) and any(map(str.isdigit, name)))


def are_places(names: Collection[str]) -> bool:
    """Tell whether nearly all names of a level are such, or names of kinds of files."""
    if all({*tokens(name)} and {*tokens(name)} <= PICTURES | MASKS for name in names):
        return True
    return sum(map(is_place, names)) >= 0.8 * len(names)


def are_surfaces(names: Collection[str]) -> bool:
    """Tell whether all names are parts of a structure."""
    return all({*tokens(name)} and {*tokens(name)} <= SURFACES for name in names)


def is_masks(name: str, beside: Collection[str]) -> bool:
    """Tell whether a folder holds masks, as the folder of pictures beside it shows."""
    words = {*tokens(name)}
    pictures = any({*tokens(one)} and {*tokens(one)} <= PICTURES for one in beside)
    return bool(words) and words <= MASKS and pictures
