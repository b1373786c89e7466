"""How procedures end, in the words of the reports."""

OUTCOMES = {
    "done": "完了", "waits_for_city": "市の回答待ち", "defect_later": "不備→再申請", "given_up": "本人中止",
    "locked": "暗証番号ロック", "expired": "証明書失効", "photo_failed": "写真不可", "fault": "回線・機器障害",
    "guided_to_city": "市の窓口を案内", "other_holder": "名義が違う",
}  # fmt: skip
"""The outcomes of the monthly report; a procedure of a city's own may name further ones, which stand there as they are."""
