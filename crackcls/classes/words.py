"""Words in the names of class folders, in ten languages, and how a name is cut into them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

# What a word says: a crack, something bad that may be one, that there is something, that all is
# well, or the opposite of the words after it or before it. `FILLER` says nothing of that, and no
# other thing either; `OTHER` is a word that is not known.
CRACK, BAD, THERE, WELL = "crack", "bad", "there", "well"
NOT_AFTER_IT, NOT_BEFORE_IT, FILLER, OTHER = "not …", "… not", "filler", "other"

# One line a language: English, German, French, Spanish, Italian, Portuguese, Turkish, Chinese,
# Japanese, Korean. Accents are left out of the comparison, see `fold`.
LATIN = {
    CRACK: """
        crack cracks cracked cracking crackled crazing fissure fissures fissured fracture fractures
        fractured
        riss risse rissig rissige gerissen gerissene rissbildung haarriss haarrisse sprung sprünge
        fissuré fissurée fissurés fissurées fissuration fêlure fêlures fêlé fêlée lézarde lézardes
        lézardé lézardée craquelure craquelures craquelé craquelée crevasse crevasses
        grieta grietas agrietado agrietada agrietados agrietadas agrietamiento fisura fisuras
        fisurado fisurada rajadura rajaduras
        crepa crepe crepato crepata crepati crepate fessura fessure fessurato fessurata
        fessurazione incrinatura incrinature incrinato incrinata
        fissura fissuras fissurado fissurada trinca trincas trincado trincada rachadura
        rachaduras rachado rachada fenda fendas
        çatlak çatlaklar çatlaklı çatlaklık çatlama
        """,
    BAD: """
        positive positives pos defect defects defective defected def damage damages damaged bad
        broken faulty fault faults flaw flaws flawed yes ng nok ko fail failed failure failures
        reject rejected anomaly anomalies anomalous abnormal distress distressed degraded
        deteriorated poor unsafe notok
        positiv schaden schäden schadens schadhaft beschädigt beschädigte schaeden beschaedigt
        defekt defekte mangel mängel mangelhaft fehler fehlerhaft schlecht kaputt schlechtteil
        auffällig anormal
        positif positifs positive défaut défauts défectueux défectueuse dégât dégâts dommage
        dommages endommagé endommagée endommagés endommagées abîmé abîmée dégradé dégradée mauvais
        mauvaise cassé cassée anomalie anormale anormales anormaux
        positivo positiva positivos defecto defectos defectuoso defectuosa daño daños dañado dañada
        dañados deteriorado deteriorada malo mala roto rota
        positivi difetto difetti difettoso difettosa danno danni danneggiato danneggiata danneggiati
        lesione lesioni lesionato lesionata guasto guasta rotto rotta
        defeito defeitos defeituoso defeituosa dano danos danificado danificada avaria avarias
        avariado avariada ruim quebrado quebrada
        pozitif hasar hasarlı hasarlar kusur kusurlu kusurlar bozuk arızalı hatalı kırık kötü
        """,
    THERE: "with has present presence mit avec con com var olan",
    WELL: """
        sound negative negatives neg intact ok okay good clean normal healthy fine flawless pass
        passed perfect safe solid pristine conforming correct accepted
        negativ intakt gut gute unversehrt heil sauber gesund gesunde ganz makellos einwandfrei
        ordnung gutteil
        négatif négatifs négative sain saine sains saines indemne bon bonne bons bonnes propre
        normale normaux conforme
        negativo negativa negativos sano sana sanos sanas intacto intacta intactos bueno buena
        buenos bien limpio limpia íntegro
        negativi integra integri intatto intatta buono buona buoni pulito pulita normali
        são sã saudável bom boa bons limpo limpa normais íntegra
        negatif sağlam iyi temiz düzgün
        """,
    NOT_AFTER_IT: """
        no non not none without nor nil never kein keine keiner ohne nicht sans pas aucun aucune sin
        ningún ninguna ninguno senza nessun nessuna nessuno sem não nenhum nenhuma
        """,
    NOT_BEFORE_IT: """
        free less absent absence missing false frei los libre livre exempt exempte privo priva yok
        değil olmayan
        """,
    FILLER: """
        image images img imgs picture pictures pic pics photo photos foto fotos bild bilder class
        classes klasse classe clase sınıf label labels category type group set data dataset folder
        sample samples patch patches tile tiles train training test val valid concrete cement beton
        béton hormigón concreto calcestruzzo betão wall walls wand mauer mur muro parede duvar
        surface surfaces oberfläche superficie superfície yüzey deck decks road roads pavement
        pavements bridge bridges hairline haar of the a an and or in is it any all visible found
        der die das mit un une le la les de des el los las il lo bir background
        """,
}
EASTERN = {
    CRACK: """
        裂缝 裂縫 裂纹 裂紋 开裂 開裂 龟裂 龜裂 裂痕 破裂 裂
        ひび割れ ひびわれ ひび ヒビ割れ ヒビ 亀裂 き裂 キレツ クラック 割れ
        균열 크랙 갈라짐
        """,
    BAD: """
        损伤 損傷 破损 破損 损坏 損壞 缺陷 瑕疵 异常 異常 不良 病害 坏 壞 阳性 陽性 正样本 损
        欠陥 欠損 劣化
        손상 결함 결점 불량 이상 파손 하자 양성
        """,
    THERE: "有 存在 含 あり 有り アリ 있음 있는",
    WELL: """
        完好 完整 正常 良好 合格 健康 良品 好 阴性 陰性 负样本 无损 無損
        健全 無傷 良
        정상 양호 양품 건전 합격 깨끗 온전 음성
        """,
    NOT_AFTER_IT: "没有 沒有 无 無 没 沒 未 非 不 무 비 미",
    NOT_BEFORE_IT: "なし 無し ナシ ない 無い 없음 없는 없다 아님",
    FILLER: """
        混凝土 水泥 墙 墙面 表面 图像 图片 样本 品 件 コンクリート 壁 画像 写真 の
        콘크리트 벽 사진 이미지 이 가
        """,
}
# Names that tell only beside each other, the one of cracks first: SDNET2018's (decks, pavements
# and walls), and those of forms and of programs.
PAIRS = (
    *(("cd", "ud"), ("cp", "up"), ("cw", "uw"), ("c", "u"), ("c", "nc"), ("c", "n"), ("p", "n")),
    *(("1", "0"), ("01", "00"), ("y", "n"), ("t", "f"), ("ng", "g"), ("nio", "io")),
    *(("true", "false"), ("wahr", "falsch"), ("vrai", "faux"), ("verdadero", "falso")),
    *(("vero", "falso"), ("verdadeiro", "falso"), ("dogru", "yanlis"), ("真", "假"), ("真", "偽")),
    *(("yes", "no"), ("ja", "nein"), ("oui", "non"), ("si", "no"), ("sim", "nao")),
    *(("evet", "hayir"), ("是", "否"), ("はい", "いいえ"), ("예", "아니오"), ("참", "거짓")),
)
# Names that are of cracks though no word of theirs says so.
CODES = dict.fromkeys(("cd", "cp", "cw"), CRACK) | dict.fromkeys(("ud", "up", "uw"), WELL)
# What stands before or after a word without a gap: `uncracked`, `rissfrei`, `catlaksiz`.
GLUED_BEFORE, GLUED_AFTER = ("un", "in"), ("los", "siz", "suz")
# A shorter word is not looked for inside of another: `nook` is not `no ok`.
LEAST_PIECE = 4

EASTERN_LETTERS = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
EASTERN_RUN = re.compile(f"[{EASTERN_LETTERS}]+")
RUNS = re.compile(rf"{EASTERN_RUN.pattern}|[^\W\d_{EASTERN_LETTERS}]+|\d+")
# `NonCracked` is cut at its capital letters.
CAMEL = re.compile(r"[^\W\d_a-z]?[a-z]+|[^\W\d_a-z]+(?![a-z])")


@dataclass(frozen=True)
class Word:
    """A word in the name of a class folder.

    Attributes:
        text: In small letters, without accents.
        says: One of `CRACK`, `BAD`, `THERE`, `WELL`, `NOT_AFTER_IT`, `NOT_BEFORE_IT`, `FILLER`
            and `OTHER`.
    """

    text: str
    says: str


def fold(text: str) -> str:
    """Take accents off letters, and make wide and half-width forms plain ones; case stays."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in apart if not "\u0300" <= sign <= "\u036f")
    return unicodedata.normalize("NFKC", bare).replace("ı", "i")


def small(text: str) -> str:
    """Give a text folded, in small letters."""
    return fold(text).casefold()


def _known(groups: dict[str, str]) -> dict[str, str]:
    """Give what each word says; of a word with two meanings the first group counts."""
    pairs = [(small(word), says) for says, words in groups.items() for word in words.split()]
    return dict(reversed(pairs))


WESTERN_WORDS, EASTERN_WORDS = _known(LATIN), _known(EASTERN)
PIECES = sorted((word for word in WESTERN_WORDS if len(word) >= LEAST_PIECE), key=len)[::-1]
NOTS = [word for word, says in WESTERN_WORDS.items() if says == NOT_AFTER_IT]
NOTS_BEHIND = [word for word, says in WESTERN_WORDS.items() if says == NOT_BEFORE_IT]
LONGEST = max(map(len, EASTERN_WORDS))


@lru_cache(maxsize=1024)
def words_of(name: str) -> tuple[Word, ...]:
    """Cut the name of a class folder into words.

    Args:
        name: Such as `Non-cracked`, `CrackFree` or `ひび割れなし`.
    """
    found: list[Word] = []
    for run in RUNS.findall(fold(name)):
        if run.isdecimal():
            found.append(Word(run, FILLER))
        elif EASTERN_RUN.match(run):
            found += _eastern(run)
        else:
            found += _western(run)
    return tuple(_prefix(found, at) for at in range(len(found)))


def squeezed(name: str) -> str:
    """Give a name without case, accents and separators: `Non-Cracked` as `noncracked`."""
    return "".join(RUNS.findall(fold(name))).casefold()


def _prefix(words: list[Word], at: int) -> Word:
    """Take `un` for a negation before what it can deny, as in `Un-cracked`; in French it is `a`."""
    one, rest = words[at], words[at + 1 : at + 2]
    is_article = one.text != "un" or any(word.says == NOT_AFTER_IT for word in words)
    can_deny = any(word.says in (CRACK, BAD, WELL) for word in rest)
    return Word(one.text, NOT_AFTER_IT) if can_deny and not is_article else one


def _western(run: str) -> Iterator[Word]:
    if whole := _cut(run.casefold()):
        yield from whole
        return
    for part in CAMEL.findall(run) or [run]:
        word = part.casefold()
        yield from _cut(word) or (Word(word, OTHER),)


def _cut(word: str) -> tuple[Word, ...]:
    """Give a known word, or the known ones that it is put together of; none where it is not."""
    if word in WESTERN_WORDS:
        return (Word(word, WESTERN_WORDS[word]),)
    for negation in (*NOTS, *GLUED_BEFORE):
        rest = word.removeprefix(negation)
        if rest != word and (pieces := _pieces(rest)):
            return (Word(negation, NOT_AFTER_IT), *pieces)
    return _pieces(word) or ()


def _pieces(word: str) -> tuple[Word, ...] | None:
    """Cut a compound into known words, of which one at least is no filler."""
    words = _compound(word)
    return words if words and any(one.says != FILLER for one in words) else None


def _compound(word: str) -> tuple[Word, ...] | None:
    if not word:
        return ()
    for piece in PIECES:
        if word.startswith(piece) and (rest := _compound(word[len(piece) :])) is not None:
            return (Word(piece, WESTERN_WORDS[piece]), *rest)
    return (Word(word, NOT_BEFORE_IT),) if word in GLUED_AFTER else None


def _eastern(run: str) -> Iterable[Word]:
    """Cut a text without gaps into the longest known words."""
    found: list[Word] = []
    at = 0
    while at < len(run):
        ends = range(min(len(run), at + LONGEST), at, -1)
        text = next((run[at:end] for end in ends if run[at:end] in EASTERN_WORDS), run[at])
        found.append(Word(text, EASTERN_WORDS.get(text, OTHER)))
        at += len(text)
    return [_beside(found, at) for at in range(len(found))]


def _beside(words: list[Word], at: int) -> Word:
    """Take a negation of one sign for one only beside a word that it can deny, or alone.

    `무` begins many a Korean word.
    """
    one = words[at]
    if one.says != NOT_AFTER_IT or len(one.text) > 1 or len(words) == 1:
        return one
    near = words[max(0, at - 1) : at] + words[at + 1 : at + 2]
    return one if any(other.says in (CRACK, BAD, WELL) for other in near) else Word(one.text, OTHER)
