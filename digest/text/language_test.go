package text_test

import (
	"testing"

	"hanwire/digest/text"
)

func TestLanguage(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "und"},
		{"123 — 456!", "und"},
		{"The ministry said on Monday that the talks would go on.", "en"},
		{"Ministry Reviews Export Rules", "en"},
		{"Xi, Lee to meet", "en"},
		{"Le ministère a annoncé lundi que les négociations se poursuivent dans la capitale.", "fr"},
		{"Das Ministerium teilte am Montag mit, dass die Gespräche nicht beendet sind.", "de"},
		{"El ministerio dijo el lunes que las conversaciones siguen en la capital.", "es"},
		{"Kementerian itu mengatakan pada hari Senin bahwa pembicaraan akan dilanjutkan.", "id"},
		{"외교부는 3일 회담이 계속된다고 밝혔다.", "ko"},
		{"한미(韓美) 정상회담(首腦會談) 개최", "ko"},
		{"韓美 정상회담, 대북 制裁 논의", "ko"},
		{"외교부 “AI·반도체 FTA 협상, WTO·OECD와 논의”", "ko"},
		{"外交部发言人表示，谈判将继续进行。", "zh-Hans"},
		{"外交部發言人表示，談判將繼續進行。", "zh-Hant"},
		{"华为与 SMIC 发布 7nm 芯片 Mate 60 Pro", "zh-Hans"},
		{"台積電赴美設廠，總統：樂觀其成", "zh-Hant"},
		{"外務省は月曜日、交渉が続くと発表した。", "ja"},
		{"Министерство сообщило, что переговоры продолжаются.", "ru"},
		{"Міністерство повідомило, що переговори тривають і їхній зміст відомий.", "uk"},
		{"قالت الوزارة إن المحادثات مستمرة", "ar"},
	} {
		if got := text.Language(c.in); got != c.want {
			t.Errorf("Language(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestAnalyzeLanguage(t *testing.T) {
	for _, c := range []struct{ title, body, claim, want string }{
		{"", "The talks go on, and the ministry is glad of it.", "ko", "en"},
		{"외교부 발표", "1 2 3", "en", "ko"},
		{"", "2 : 1", "zh-TW", "zh-Hant"},
		{"", "2 : 1", "zh", "zh-Hans"},
		{"", "2 : 1", "en-US", "en"},
		{"", "2 : 1", "", "und"},
	} {
		if got := text.Analyze(c.title, c.body, c.claim).Lang; got != c.want {
			t.Errorf("Analyze(%q, %q, %q).Lang = %q, want %q", c.title, c.body, c.claim, got, c.want)
		}
	}
}
