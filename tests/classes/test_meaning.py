"""What one name of a class folder is taken to mean, in the languages that people use."""

import unicodedata

import pytest

from crackcls.classes.meaning import CRACK, SOUND, meaning


@pytest.mark.parametrize(
    "name",
    [
        *("Positive", "cracked", "CRACK", "Cracks", "crack_images", "01_crack", "HairlineCracks"),
        *("defect", "Damaged", "bad", "yes", "fissure", "not ok", "unsound", "crackedconcrete"),
        *("not_ok_cracked", "NG", "nok", "faulty", "fail", "abnormal", "no good", "with crack"),
        *("Risse", "RISS", "Riß", "gerissen", "beschädigt", "Schaeden", "nicht in Ordnung"),
        *("fissuré", "Fissurée", "lézardes", "défaut", "endommagé", "non conforme"),
        *("grietas", "agrietado", "dañado", "crepe", "fessurato", "difettoso"),
        *("fissura", "rachaduras", "trincado", "çatlak", "ÇATLAKLI", "hasarlı", "çatlak var"),
        *(
            "裂缝",
            "有裂缝",
            "裂縫",
            "开裂",
            "不合格",
            "缺陷",
            "ひび割れ",
            "ヒビ割れあり",
            "クラック",
        ),
        *("異常", "不良", "균열", "균열 있음", "크랙", "비정상", "결함"),
    ],
)
def test_a_name_of_cracks(name: str):
    assert meaning(name) == CRACK


@pytest.mark.parametrize(
    "name",
    [
        *("Negative", "sound", "intact", "OK", "good", "clean", "00_normal", "healthy", "pass"),
        *("Non-cracked", "non_cracked", "NonCracked", "noncracked", "Noncrack", "not_cracked"),
        *("uncracked", "UNCRACKED", "UNcracked", "Uncracked 2", "Un-cracked", "no crack"),
        *("NoCrack", "no_cracks", "nocrack", "noncrackimages", "crack no", "crack-free"),
        *("CrackFree", "crackfree", "crack free", "without cracks", "undamaged", "no damage"),
        *("sound - no cracks", "non-defective", "Concrete (not cracked)", "no cracks or damage"),
        *("free of cracks", "no", "None", "rissfrei", "ohne Riss", "keine Risse", "ungerissen"),
        *("unbeschädigt", "nicht gerissen", "schadensfrei", "in Ordnung", "intakt"),
        *("sans fissure", "non fissuré", "Sans aucune fissure", "pas de fissures", "sain"),
        *("sin grietas", "sin ninguna grieta", "no agrietado", "sano", "senza crepe", "integro"),
        *("nessuna crepa", "sem fissura", "não fissurado", "sadio, sem trinca", "são"),
        *("çatlaksız", "ÇATLAKSIZ", "çatlak yok", "hasarsız", "sağlam", "catlaksiz"),
        *("无裂缝", "没有裂缝", "未开裂", "無裂縫", "完好", "无损", "正常"),
        *("ひび割れなし", "ひびなし", "クラック無し", "ｸﾗｯｸなし", "健全", "異常なし", "無傷"),
        *("균열 없음", "균열없음", "균열이 없음", "무균열", "비균열", "정상", "양호"),
    ],
)
def test_a_name_of_sound_concrete(name: str):
    assert meaning(name) == SOUND


@pytest.mark.parametrize(
    "name",
    [
        *("walls", "a", "1", "", "---", "cracked and sound", "nook", "token", "cats", "up", "UD"),
        *("비둘기", "미술관", "不锈钢", "Rost", "rust", "no rust", "concrete", "under", "inside"),
    ],
)
def test_a_name_that_does_not_tell(name: str):
    assert meaning(name) is None


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize(
    ("name", "kind"),
    [("Fissuré", CRACK), ("çatlaksız", SOUND), ("ひび割れなし", SOUND), ("균열", CRACK)],
)
def test_accents_count_in_no_form(name: str, kind: str, form: str):
    assert meaning(unicodedata.normalize(form, name)) == kind
