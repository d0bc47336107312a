//! What classes, reasons and tasks are called among shopkeepers.

use chrono::Weekday;

/// A day of the week, as it stands behind a date.
pub(crate) fn weekday(day: Weekday) -> char {
    match day {
        Weekday::Mon => '月',
        Weekday::Tue => '火',
        Weekday::Wed => '水',
        Weekday::Thu => '木',
        Weekday::Fri => '金',
        Weekday::Sat => '土',
        Weekday::Sun => '日',
    }
}

/// What a class of messages is called.
pub(crate) fn class_name(class: &str) -> &'static str {
    match class {
        "thanks" => "お礼",
        "survey" => "無事に届いたかのお尋ね",
        "usage" => "使い方",
        "voices" => "お客さまの声",
        "story" => "お店の話",
        "greeting" => "ごあいさつ",
        "newsletter" => "店だより",
        "remedy" => "お詫び",
        "promotion" => "ご案内",
        "offer" => "ご優待",
        _ => "お便り",
    }
}

/// A reason, as an owner would say it.
pub(crate) fn why(reason: &str) -> &'static str {
    match reason {
        "opted_out" => "お止めになりました",
        "purchase_undone" => "ご注文がキャンセルされました",
        "no_consent" => "お便りの希望をいただいていません",
        "no_mail_address" => "メールアドレスがありません(葉書をどうぞ)",
        "before_second_purchase" => "二度目のお買い上げより前でした",
        "not_for_stage" => "いまのお付き合いには合わないお便りです",
        "not_for_product" => "ほかのお品のお便りです",
        "too_often" => "お便りが重なるので控えました",
        "not_approved" => "見習い期間のうちに、お店の確認がありませんでした",
        "window_over" => "お送りできる期間が過ぎました",
        "known_too_late" => "注文を知ったのが遅すぎました",
        "step_gone" => "いまの予定に、このお便りはありません",
        "replanned" => "予定を組み直しました",
        "held_wholesale" => "店主がお決めになるのを待っています",
        "no_purchase" => "お買い上げには数えないご注文です",
        "marketplace_forbids" => "マーケットプレイスの決まりで、ご連絡できません",
        "case_open" => "まずお詫びをする番です",
        "address_bounced" => "メールが届かなくなりました(葉書をどうぞ)",
        "mailbox_unavailable" => "何度お送りしても、受信箱に入りませんでした",
        "no_permission" => "お電話やご訪問のお許しをいただいていません",
        "no_postal_address" => "お届け先がわかりません",
        "no_phone_number" => "電話番号がわかりません",
        "not_reached" => "お会いできませんでした",
        "left_to_person" => "人の手でお届けするお便りです",
        "complained" => "迷惑メールとして知らされました",
        "erased" => "お客さまの求めで、控えを消しました",
        "product_paused" => "お品のことで、お客さまのお声を確かめているところです",
        "not_wanted" => "ご希望にないお便りです",
        "customer_paused" => "お客さまのご希望で、お休みしているところです",
        "reputation_at_risk" => "迷惑メールとされたり届かなかったりしたお便りが多く、お約束のほかは控えました",
        "account_cannot_send" => "送信の設定が止まっていました",
        "refused_by_provider" => "相手のメールサーバーに断られました",
        "unknown_whether_sent" => "届いたかどうか確かめられませんでした",
        _ => "お送りできませんでした",
    }
}

/// What there is to do, as a person would say it.
pub(crate) fn what_to_do(kind: &str) -> &'static str {
    match kind {
        "write_postcard" => "メールの届かないお客さまへ葉書を書く",
        "send_letter" => "お手紙か葉書を書いて、お出しする",
        "make_call" => "お電話する",
        "pay_visit" => "お伺いする",
        "keep_promise" => "お便りが届かなかったお客さまへ、別の方法でご連絡する",
        "approve_mails" => "見習い期間のお便りを読んで、よければ送り出す(wasurena approve)",
        "write_letter" => "次のお便りの文面を書く",
        "decide_order" => "法人や大口のご注文に、お便りするかどうかを決める",
        "mend_record" => "読めなくなった記録を直す(管理する人に伝える)",
        "settle_case" => "お困りのお客さまのお話を伺い、おさめる(返品、破損、ご不満のお答え)",
        "look_at_product" => "ご不満のお答えがあったお品を確かめる",
        "protect_reputation" => "迷惑メールの知らせや届かないメールが多い。わけを確かめる(wasurena doctor)",
        "find_address" => "メールの届かないお客さまに、新しいアドレスを伺う",
        "take_address" => "お客さまの新しいお届け先を、カートに書き写す",
        "check_name" => "お名前のわからないお客さまを確かめる",
        "hand_over_data" => "お客さまの控えを、求めに応じてお渡しする",
        "erase_cart" => "カートからの求めで、その控えを消す",
        "erase_person" => "消してほしいとのお求め。同じ電話番号のこのお客さまかどうかを確かめる",
        "sending_stopped" => "メールの送信が止まっている。送信の設定を確かめる",
        _ => "確かめる",
    }
}
