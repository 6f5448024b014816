"""Tests of commentbox.core.splitting on letters of many voices, and of what belongs to no point."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commentbox.core.splitting import split
from commentbox.core.splitting.asides import is_ending, is_opening, opening
from commentbox.core.splitting.themes import theme_cuts

LETTERS = Path(__file__).resolve().parent.parent / "data" / "letters" / "points.txt"
SAME_SPAN = 0.7
HARD = {"praise_then_point"}
"""Letters that are not cut as marked; the last test counts what is missed in them."""

Span = tuple[int, int]


def read_letters() -> dict[str, tuple[str, list[Span]]]:
    """Return each letter of the file with the spans marked in it."""
    found = {}
    for part in re.split(r"(?m)^# name: ", LETTERS.read_text(encoding="utf-8"))[1:]:
        name, marked = part.rstrip("\n").split("\n", 1)
        text, spans, start = "", [], 0
        for char in marked:
            if char == "⟦":
                start = len(text)
            elif char == "⟧":
                spans.append((start, len(text)))
            else:
                text += char
        found[name] = (text, spans)
    return found


ALL = read_letters()


def alike(one: Span, other: Span) -> bool:
    """Tell whether two spans share most of what they cover."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared / (max(one[1], other[1]) - min(one[0], other[0])) >= SAME_SPAN


def excerpts(text: str) -> list[str]:
    """Return the words of a letter's points."""
    return [point.excerpt for point in split(text)]


@pytest.mark.parametrize("name", sorted(ALL.keys() - HARD))
def test_letter_is_cut_as_marked(name: str) -> None:
    text, marked = ALL[name]
    found = [(point.start, point.end) for point in split(text)]
    assert len(found) == len(marked)
    assert all(alike(one, other) for one, other in zip(found, marked, strict=True))


def test_little_is_missed_and_little_added_in_all_letters() -> None:
    missed = added = 0
    for text, marked in ALL.values():
        found = [(point.start, point.end) for point in split(text)]
        missed += sum(not any(alike(one, other) for other in found) for one in marked)
        added += sum(not any(alike(one, other) for other in marked) for one in found)
    assert (missed, added) == (1, 1)


@pytest.mark.parametrize(
    "sentence",
    [
        "您好！",
        "我是一名退休教师，在本市住了三十年。",
        "作为一家民宿经营者，我想从实际经营的角度谈谈。",
        "贵局《停车管理办法（征求意见稿）》收悉。",
        "感谢贵局给我们提出建议的机会。",
        "经认真研究，现提出以下意见。",
        "有两件事想说。",
        "本人係臺商，讀貴局公開之徵求意見稿，謹陳數點淺見。",
        "I run a small bakery near the market.",
        "我们是盲人互助小组，用读屏软件写信，排版不好请谅解。",
        "看完以后有几点不成熟的想法，不一定对。",
        "从报上见报道说要征求意见，便请孙女念给我听。",
        "转来一位老人的信，请一并收下。",
        "现按章节把意见写在下面，不分先后，供参考。",
        "本来不想写的，想了想还是说说吧。",
        "My Chinese is poor, please forgive any mistakes.",
        "我也来提点小意见。",
        "下班了，简单写写吧。",
    ],
)
def test_an_opening_says_nothing_of_the_draft(sentence: str) -> None:
    assert is_opening(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "补助标准提高一倍。",
        "小区只有两个车位。",
        "我赞成这个办法。",
        "我是居民，坚决反对涨价。",
        "看了文件，人才公寓比市场价贵。",
        "我们公司去年研发费用不够五百万。",
        "第三条写得很好。",
        "公园厕所太少。",
        "I am against the fee, it is too high.",
        "从没见过这样的规定。",
        "意见稿的规定太严。",
        "意见报送的规定太烦琐。",
        "请把补偿标准写在后面。",
        "请谅解骑手的难处，放宽时限。",
    ],
)
def test_a_thought_is_no_opening(sentence: str) -> None:
    assert not is_opening(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "以上意见，供参考。",
        "话说得不好听，请领导多担待。",
        "恳请上级部门认真考虑我们的诉求。",
        "好了就说这些，谢谢你们听老百姓的声音。",
        "祝各位领导工作顺利，身体健康！",
        "不当之处敬请批评指正。",
        "希望领导多到下面走走看看。",
        "我电话12345，可以随时找我。",
        "I look forward to hearing from you.",
        "如需数据，我们可以提供。",
        "以上意见，如需面谈，我所可随时安排。",
        "没有文化，请不要笑话。",
        "先写这么多，想到再补充。",
        "麻烦你们了。",
        "期待贵局的好消息。",
        "希望引起重视！",
        "以上纯属个人观点。",
        "不回复我就打12345。",
        "话说多了，别嫌烦。",
    ],
)
def test_an_ending_only_closes(sentence: str) -> None:
    assert is_ending(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "谢谢领导，路灯能不能早点修好。",
        "希望公布投诉电话。",
        "请考虑给老人留座位。",
        "以上海为例，可以先试点。",
        "上述两条应当合并。",
        "盼厕所早日修好。",
        "这个办法不妥。",
        "Thanks, and please fix the lights.",
        "如需安装充电桩，由物业统一安排。",
        "如需占道施工，我们要求提前联系。",
        "有需要的家庭我们社区可以联系。",
        "如需数据我们可以提供，充电口每栋楼装十个。",
        "充电口每栋楼装十个，如需数据我们可以提供。",
        "不回复群众来信的要通报。",
        "希望引起物业重视，修好路灯。",
        "通知写得太多了，没人看。",
    ],
)
def test_a_wish_is_no_ending(sentence: str) -> None:
    assert not is_ending(sentence)


@pytest.mark.parametrize(
    ("paragraph", "thought"),
    [
        ("我今年75岁，六楼没电梯。看了文件，说几句心里话。坡道要修。", "坡道要修。"),
        ("我家三口人。孩子上小学。下面谈几点看法。", ""),
        ("我家靠着菜场。早上四点开始卸货。请管一管，下面说几点。", None),
        ("我每天骑车四十分钟。路上全是机动车。", None),
        ("我家在一楼。文件里有补贴。说几句看法。", None),
        ("路面积水。说几句心里话。", None),
        ("我家靠着菜场。谢谢你们。清早有人卸货。", None),
    ],
)
def test_what_somebody_tells_of_himself_before_he_says_that_he_will_speak_introduces_him(
    paragraph: str, thought: str | None
) -> None:
    assert paragraph[opening(paragraph) :] == (paragraph if thought is None else thought)


def test_heading_is_the_reference_of_the_points_below_it() -> None:
    letter = (
        "针对第十二条：\n- 遛狗区域太小。\n- 遛狗时间要放宽。\n"
        "二、关于停车\n1. 车位太少，建议扩建。\n2. 收费太高，建议降价。\n"
        "三、建议早日施行。\n另外，路灯太暗，晚上看不清。"
    )
    assert [p.reference for p in split(letter)] == [
        "针对第十二条",
        "针对第十二条",
        "关于停车",
        "关于停车",
        "",
        "",
    ]


def test_item_marked_as_a_wider_heading_stands_under_none() -> None:
    letter = (
        "一、总体意见\n原则同意。\n二、具体意见\n（一）关于路灯\n太暗，建议换新。\n（二）关于厕所\n1.数量太少。\n2.位置太远。\n"
        "三、建议早日出台细则。\n四、关于停车\n1.收费太高。\n2.车位太少。"
    )
    assert [(p.reference, p.excerpt) for p in split(letter)] == [
        ("", "原则同意。"),
        ("关于路灯", "太暗，建议换新。"),
        ("关于厕所", "数量太少。"),
        ("关于厕所", "位置太远。"),
        ("", "建议早日出台细则。"),
        ("关于停车", "收费太高。"),
        ("关于停车", "车位太少。"),
    ]


def test_short_items_are_no_headings_of_each_other() -> None:
    assert excerpts("1. 路灯没有亮\n2. 厕所开放时间短\n3. 多种一些树") == [
        "路灯没有亮",
        "厕所开放时间短",
        "多种一些树",
    ]


@pytest.mark.parametrize(
    "reasons", ["1.夏天臭味很大。2.来往车辆很多。", "\n1. 夏天臭味很大。\n2. 来往车辆很多。"]
)
def test_counted_reasons_are_one_point(reasons: str) -> None:
    assert len(split(f"本人反对在居民区建垃圾中转站。理由如下：{reasons}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "(a) The fee is too high.\n(b) Please add one garage.",
        "1)The fee is too high.\n2)Please add one garage.",
        "Q1：The fee is too high.\nQ2：Please add one garage.",
        "A. The fee is too high.\nB. Please add one garage.",
    ],
)
def test_items_with_other_marks(text: str) -> None:
    assert excerpts(text) == ["The fee is too high.", "Please add one garage."]


def test_clauses_named_in_turn_are_points_however_short() -> None:
    assert len(split("第三条应加上“农村”二字。第六条两款意思重复。第十条的“可以”改为“应当”。")) == 3


def test_first_and_second_thing_are_points() -> None:
    found = excerpts("我想提两个小建议：第一个是公交卡充值点太少。第二个是站牌的字太小。")
    assert found == ["公交卡充值点太少。", "站牌的字太小。"]


def test_bare_heading_is_the_reference_of_its_paragraph() -> None:
    first, second = split(
        "关于路灯\n晚上十点就关灯，下夜班的人看不清路，建议延长。\n公园厕所\n只有一处，老人找不到，建议增加。"
    )
    assert (first.reference, second.reference) == ("关于路灯", "公园厕所")
    assert second.excerpt == "只有一处，老人找不到，建议增加。"


def test_heading_that_announces_comments_is_no_reference() -> None:
    assert [p.reference for p in split("一、具体意见\n（一）路灯太暗。\n（二）厕所太少。")] == ["", ""]


def test_wording_quoted_by_name_stands_beside_the_point() -> None:
    first, second = split(
        "【原文】“每年新建公园五处。”\n【建议】改为八处。\n\n原文：路灯十点关闭。\n建议：改为十二点。"
    )
    assert (first.original, first.excerpt) == ("“每年新建公园五处。”", "【建议】改为八处。")
    assert (second.original, second.excerpt) == ("路灯十点关闭。", "建议：改为十二点。")


def test_clause_above_an_enumeration_is_the_reference_of_its_points() -> None:
    first, second = split("对第八条有两点建议：一是路灯晚点再关；二是公园多建厕所。")
    assert (first.reference, second.reference) == ("第八条", "第八条")


def test_reasons_counted_with_lai_stay_with_their_wish() -> None:
    text = "建议图书馆晚点关门。一来上班族下班才有时间，二来学生放学也有个去处。"
    assert excerpts(text) == [text]


def test_a_listed_paragraph_with_a_wish_of_its_own_is_a_point() -> None:
    text = "一、路灯的亮度不够，建议换成新的灯具。\n公园厕所只有一处，建议再建三处。\n理由：老人多。"
    assert len(split(text)) == 2


def test_themes_need_a_wish_on_either_side_and_no_word_in_common() -> None:
    lights, toilets = "路灯晚上十点就关，建议延长到十二点。", "公园厕所只有一处，希望尽快增加几处。"
    assert theme_cuts(lights + toilets) == [len(lights)]
    assert theme_cuts(lights + "因为下夜班的人看不清路，希望尽快办。") == []
    assert theme_cuts(lights + "下夜班的人都说路灯晚上要亮着，希望尽快办。") == []
    assert theme_cuts("公园厕所只有一处，老人找不到。" + toilets) == []


def test_introduction_stays_with_the_only_point() -> None:
    text = "我在水厂上班。设备该更新了，建议给补贴。"
    assert excerpts(text) == [text]


def test_foot_below_the_last_plea_is_no_point() -> None:
    points = ["路灯太暗，看不清路。", "厕所太少，老人找不到。"]
    office = "\n专此函达。\n某某局办公室\n2025年5月23日\n（联系人：郭某）"
    person = "\n说完了。祝各位领导工作顺利！\n龙河 阿强\n5月21日"
    assert excerpts("\n".join(points) + office) == points
    assert excerpts("\n".join(points) + person) == points


@pytest.mark.parametrize("title", ["居民会议汇总（5月20日晚，到会34人）", "意见和建议汇总表", "座谈会记录"])
def test_title_of_minutes_is_no_point(title: str) -> None:
    assert excerpts(f"{title}\n1. 路灯太暗。\n2. 厕所太少。") == ["路灯太暗。", "厕所太少。"]


@pytest.mark.parametrize("wish", ["建议公开会议记录", "我建议公开收费清单", "要有会议纪要"])
def test_wish_for_minutes_is_a_point(wish: str) -> None:
    assert excerpts(f"{wish}\n路灯太暗，要换新的。") == [wish, "路灯太暗，要换新的。"]


@pytest.mark.parametrize(
    "letter",
    [
        "针对第（3）条提出两点建议：\n1. 路灯太暗。\n2. 厕所太少。",
        "针对第（3）条提出两点建议：\n第一，路灯太暗。\n第二，厕所太少。",
        "针对第（3）条提出两点建议：\n一是路灯太暗。\n二是厕所太少。",
    ],
)
def test_clause_that_leads_in_a_list_is_that_of_its_items(letter: str) -> None:
    assert [(p.reference, p.excerpt) for p in split(letter)] == [
        ("第（3）条", "路灯太暗。"),
        ("第（3）条", "厕所太少。"),
    ]


@pytest.mark.parametrize("lead", ["针对第3条、第5条提出两点建议：", "根据《标准化法》第十条，有两点建议："])
def test_other_clauses_that_lead_in_a_list_are_not(lead: str) -> None:
    assert {p.reference for p in split(f"{lead}\n1. 路灯太暗。\n2. 厕所太少。")} == {""}


@pytest.mark.parametrize(
    "asks", ["ask you to", "urge you to", "request you to", "recommend to", "propose to"]
)
def test_who_asks_in_english_does_not_only_introduce_himself(asks: str) -> None:
    said = f"I have lived here for thirty years and I {asks} keep the trees."
    assert excerpts(f"{said}\n\nPlease put benches in the park.") == [said, "Please put benches in the park."]


@pytest.mark.parametrize(
    "foot",
    [
        "\n\n------------------\n绿野养护 让城市变绿",
        "\n\n—\n绿野养护有限公司 市场部\n0000-5550477",
        "\nBest,\nKelly",
        "\n再次感谢，你们辛苦了！\n3栋 退休教师",
        "\n3栋 退休教师",
        "\n木桥社区网格员 冉宁",
        "\n出租车司机 周德顺",
        "\n文启明 上",
        "\n\nWith kind regards,\nDaniel Okafor-Lindqvist",
        "\n我不会写公文，意思到了就行。\n机床厂宿舍 周德顺",
        "\n澜西区住房和城乡建设局 2026年11月19日",
        "\n\n衡川律师事务所 公共事务部\n澄澜市澜东区听潮路66号16层\nTel: 0000-5550916\n\n"
        "保密提示：本邮件及其附件仅供收件人使用，如您误收，请立即删除并通知发件人。",
        "\n\n\n市供电公司营销部 客户服务室\n0000-5550303",
        "\n\n> 关于公开征求意见的通知\n> 征求意见时间：5月1日至5月31日。",
    ],
)
def test_foot_of_a_mail_program_or_a_person_is_no_point(foot: str) -> None:
    said = ["路灯太暗，看不清路。", "厕所太少，老人找不到。"]
    assert excerpts("\n".join(said) + foot) == said


def test_thoughts_below_a_rule_are_points() -> None:
    assert excerpts("路灯太暗，看不清路。\n-----\n厕所实在太少") == ["路灯太暗，看不清路。", "厕所实在太少"]


@pytest.mark.parametrize("head", ["同志们好！", "实验中学意见", "实验中学意见和建议"])
def test_head_of_a_letter_is_no_point(head: str) -> None:
    assert excerpts(f"{head}\n路灯太暗，看不清路。\n厕所太少，老人找不到。") == [
        "路灯太暗，看不清路。",
        "厕所太少，老人找不到。",
    ]


def test_nothing_to_say_is_said_without_the_signature() -> None:
    assert excerpts("无意见。\n\n\n\n市档案馆办公室\n0000-5550808") == ["无意见。"]


def test_reference_of_a_turn_is_the_clause_alone() -> None:
    letter = (
        "第（31）条与上位法一致，属于重申，建议改为“宣传不满十二周岁不骑车上路的规定”，避免重复设定义务。"
        "另外，“组织家长签订接送安全承诺”建议改为自愿。"
    )
    assert [p.reference for p in split(letter)][1:] == ["第（31）条"]


def test_heads_of_a_forwarded_mail_are_no_points() -> None:
    letter = "发件人：a@example.org\n主题：反馈\n\nDear Mr. Wang,\n\n• 路灯太暗。\n• 厕所太少。"
    assert excerpts(letter) == ["路灯太暗。", "厕所太少。"]
