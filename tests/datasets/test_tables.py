"""Tables beside photos, as people and programs write them."""

import pytest

from crackcls.datasets import tables

FILES = [f"images/{number}.jpg" for number in range(6)]
LABELS = ["crack", "sound"] * 3
RIGHT = {file: {label} for file, label in zip(FILES, LABELS, strict=True)}


def lines(row: str, head: str = "", end: str = "\n") -> str:
    rows = [row.format(number, LABELS[number], number % 2) for number in range(6)]
    return end.join([head] * bool(head) + rows) + end


def read(content: str | bytes, name: str = "labels.csv", files=FILES) -> tables.Table | None:
    content = content.encode() if isinstance(content, str) else content
    return tables.read({name: content}, files)


@pytest.mark.parametrize(
    "content",
    [
        lines("{0}.jpg,{1}", "file,label"),
        lines("{0}.jpg,{1}", "file,label", "\r\n"),
        lines("{0}.jpg,{1}", "file,label", "\r"),
        lines("{0}.jpg,{1}", "\ufefffile,label"),
        lines("{0}.jpg,{1}", "file,label").encode("utf-16"),
        lines("{0}.jpg;{1}", "sep=;\nDatei;Klasse"),
        lines("{0}.jpg\t{1}", "image\tclass"),
        lines("{0}.jpg|{1}", "photo|category"),
        lines("{0}.jpg {1}"),
        lines("{0}.jpg,{1}"),
        lines("images/{0}.jpg,{1}", "path,target"),
        lines("./images/{0}.jpg,{1}", "path,target"),
        lines("C:\\data\\images\\{0}.jpg,{1}", "path,target"),
        lines("https://example.org/images/{0}.jpg,{1}", "url,label"),
        lines("{0},{1}", "id,label"),
        lines("IMAGES/{0}.JPG,{1}", "id,label"),
        lines('"{0}.jpg" , "{1}"', "file,label"),
        lines("7,{1},{0}.jpg,note", "n,class,filename,remark"),
        lines("{0}.jpg,note {0},{1}", "file,remark,what"),
        lines("{1},{0}.jpg", "label,file"),
    ],
)
def test_file_and_class_are_found_in_a_table(content):
    found = read(content)
    assert found is not None
    assert found.labels == RIGHT
    assert found.missing == 0


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        (lines("{0}.jpg,{2}", "file,is_sound"), ["Cracked", "Sound"]),
        (lines("{0}.jpg,{2}", "file,crack"), ["Sound", "Cracked"]),
        (lines("{0}.jpg, {2}, {2}", "filename, none, both"), None),
        (lines("{0}.jpg,{2}", "file,label"), ["0", "1"]),
        (lines("{0}.jpg, CRACK ", "file,label"), ["CRACK", "CRACK"]),
    ],
)
def test_numbers_and_columns_of_yes_and_no_are_read(content, labels):
    found = read(content)
    if labels is None:
        assert found is None
        return
    assert found.labels == {file: {labels[n % 2]} for n, file in enumerate(FILES)}


def test_a_column_for_each_class_tells_it():
    found = read("filename, Cracked, Sound\n0.jpg, 1, 0\n1.jpg, 0, 1\n2.jpg, 1, 1\n3.jpg, 0, 0\n")
    assert found.labels == {FILES[0]: {"Cracked"}, FILES[1]: {"Sound"}}


def test_a_table_in_each_folder_tells_of_its_own():
    files = ["train/1.jpg", "train/2.jpg", "test/1.jpg"]
    content = {"train/l.csv": b"f,label\n1.jpg,a\n2.jpg,b", "test/l.csv": b"f,label\n1.jpg,b\n"}
    found = tables.read(content, files)
    assert found.labels == {"train/1.jpg": {"a"}, "train/2.jpg": {"b"}, "test/1.jpg": {"b"}}
    assert found.names == ["train/l.csv", "test/l.csv"]
    one = tables.read({"l.csv": b"f,label\ntrain/1.jpg,a\ntest/1.jpg,b\n2.jpg,b\n1.jpg,a"}, files)
    assert one.labels == {"train/1.jpg": {"a"}, "test/1.jpg": {"b"}, "train/2.jpg": {"b"}}
    assert one.missing == 1, "two photos are called 1.jpg"


def test_spellings_of_a_class_are_one_and_two_classes_of_a_file_stay_two():
    found = read("f,label\n0.jpg,Crack\n1.jpg,crack \n2.jpg,crack\n3.jpg,ok\n3.jpg,crack\n4.jpg,\n")
    assert {*found.labels} == {*FILES[:4]}
    assert found.labels[FILES[0]] == found.labels[FILES[1]] == {"crack"}
    assert found.labels[FILES[3]] == {"ok", "crack"}


def test_split_and_building_are_columns():
    found = read(lines("{0}.jpg,{1},valid,House  {2}", "file,label,split,Gebäude"))
    assert {*found.parts.values()} == {"validation"}
    assert {*found.groups.values()} == {"House 0", "House 1"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\xff" * 500,
        b'"' * 1000,
        b"file,label\n",
        lines("other-{0}.png,{1}", "file,label"),
        lines("{0}.jpg", "file"),
        lines("{0}.jpg,width {0},height {0}", "file,w,h"),
        "x" * 200_000 + ",y\n0.jpg,crack",
        ",".join(map(str, range(100))) + "\n",
    ],
)
def test_what_tells_no_class_is_no_table(content):
    assert read(content) is None


def test_a_column_of_many_values_is_no_class():
    files = [f"{number}.jpg" for number in range(60)]
    table = "file,label\n" + "\n".join(f"{n}.jpg,value {n}" for n in range(60))
    assert read(table, files=files) is None
