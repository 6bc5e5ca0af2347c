package quote

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// chineseVerbs report speech, longer ones first where one opens another.
var chineseVerbs = byLength(`
	说 說 表示 指出 强调 強調 称 稱 声称 聲稱 宣称 宣稱 认为 認為 坦言 直言 透露 说道 說道 写道 寫道 写到
	宣布 补充 補充 补充说 補充說 补充道 補充道 重申 回应 回應 回应称 回應稱 回应说 回應說 回答 答道 回答说
	回答說 解释 解釋 解释说 解釋說 解释称 警告 警告说 警告說 警告称 呼吁 呼籲 敦促 批评 批評 批评说 批評說
	指责 指責 谴责 譴責 质疑 質疑 反驳 反駁 反驳说 反駁說 驳斥 駁斥 否认 否認 承认 承認 证实 證實 澄清 表态
	表態 坚称 堅稱 辩称 辯稱 断言 斷言 感叹 感嘆 感叹道 追问 追問 反问 反問 问道 問道 问 問 告诉 告訴 谈到
	談到 提到 形容 讽刺 諷刺 预测 預測 预计 預計 分析 分析称 分析说 指 补充称 介绍 介紹 介绍说 介紹說 介绍称
	说明 說明 表明 主张 主張 建议 建議 要求 承诺 承諾 保证 保證 誓言 强烈谴责 声明 聲明 喊道 高喊 笑说 笑說
	笑称 笑道 叹道 写信说 发文称 發文稱 发文说 发文表示 發文表示 撰文称 撰文指出 撰文說 留言 留言说 报道
	報道 報導 报道称 報道稱 報導稱 披露 评论 評論 评论称 評論說 评论说 评价 評價 总结 總結 总结说 坦承 直指
	痛批 炮轰 炮轟 抨击 抨擊 怒斥 呛 嗆 喊话 喊話 喊話說 致辞 致辭 致辞说 发言 发言说 提醒 提醒说 提醒說
	劝告 勸告 请求 請求 希望 期望 相信 担心 擔心 担忧 擔憂 抱怨 抱怨说 抱怨說 坚持 堅持 坚持说 推测 推測
	估计 估計 判断 判斷 指示 命令 下令 通报 通報 通报称 转述 轉述 引述 引用 复述 回忆 回憶 回忆说 回憶說
	回忆道 自称 自稱 放话 放話 扬言 揚言 宣告 宣示 疾呼 力陈 陈述 申明 严正声明 坦白 爆料 吐露 诉说 訴說
	嘱咐 叮嘱 吩咐 附和 赞扬 讚揚 称赞 稱讚 盛赞 反对 反對 不满 表达 表達 抗议 抗議 道歉 致歉 感谢 感謝 祝贺
	祝賀 怒批 猛批 狠批 质问 質問 直斥 慨叹 慨嘆 坦陈 坦陳 直呼 续称 續稱 续指 續指 强调称 強調稱 回复 回覆 回复称 答复
	答覆 答称 答稱 辩解 辯解 解释称 解釋稱 谈及 談及 讲 講 讲道 講道 告知 劝说 勸說 嘲讽 嘲諷 讥讽 譏諷 斥责 斥責 呛声 嗆聲
	促请 促請 阐明 闡明 阐述 闡述 允诺 允諾 发誓 發誓 明言 反讽 反諷 痛陈 痛陳 力主 倡议 倡議 坚信 堅信 深信 直批 狠酸
	哭诉 哭訴 倾诉 傾訴 泣诉 泣訴 喊冤 求情 告诫 告誡 訓示 训示 指示说 保证说 承诺说 复称 復稱 告诉说 报告说 報告說 责问 責問 追问道 發文指 发文指 撰文指
	發聲明指 指控 控诉 控訴 宣示说 预言 預言 估算 补充指 補充指 补充指出 補充指出 表明立场 讲到 講到 说到 說到 续说 續說
	形容说 发帖说 发帖称 發帖稱 發帖說 留言称 留言稱 推文称 推文稱 来信说 聲言 声言
`)

// notBodies end in 部 but tell where or how much.
var notBodies = zhSet(`全部 内部 內部 外部 东部 東部 西部 南部 北部 中部 局部 上部 下部 头部 頭部 底部 腹部 顶部 干部 幹部`)

// chineseNouns go on from a verb that is a noun there: 声明中, 报道里.
var chineseNouns = zhSet(`中 里 裡 裏 稿 书 書 会 會 后 後 人 者`)

// chineseObject verbs take a thing as often as a clause: 批评政府, 称赞努力.
var chineseObject = zhSet(`
	称赞 稱讚 赞扬 讚揚 盛赞 批评 批評 谴责 譴責 反对 反對 抗议 抗議 祝贺 祝賀 感谢 感謝 道歉 致歉 指责 指責 质疑 質疑
	评价 評價 引用 引述 回应 回應 否认 否認 介绍 介紹 表达 表達 分析 抨击 抨擊 痛批 炮轰 炮轟 怒斥 驳斥 駁斥 反驳 反駁
	转述 轉述 复述 披露 公布 不满 指示 请求 請求 回答 解释 解釋 说明 說明 发言 發言 报道 報道 報導 评论 評論 总结 總結
	坚持 堅持 提到 谈到 談到 形容 附和 承诺 承諾
`)

// zhAlso open a second clause of one speaker.
var zhAlso = zhSet(`并 並 还 還 也 又 同时 同時 且`)

// chineseQuoting stand between the one who reports and the source.
var chineseQuoting = zhSet(`援引 引述 引用 转引 轉引 转述 轉述`)

// chineseTitles close an office.
var chineseTitles = byLength(`
	总统 總統 主席 国家主席 國家主席 总理 總理 首相 部长 部長 外长 外長 副部长 副部長 防长 防長 发言人
	發言人 副发言人 女发言人 秘书长 秘書長 总书记 總書記 书记 書記 委员 委員 委员长 委員長 局长 局長 副局长
	司长 司長 处长 處長 厅长 廳長 市长 市長 省长 省長 州长 州長 县长 縣長 镇长 村长 村長 校长 校長 院长 院長
	副院长 所长 所長 主任 副主任 教授 副教授 研究员 研究員 副研究员 学者 學者 专家 專家 分析师 分析師
	经济学家 經濟學家 首席经济学家 律师 律師 法官 检察官 檢察官 大使 公使 领事 領事 总领事 總領事 特使 代表
	首席代表 谈判代表 議員 议员 参议员 參議員 众议员 眾議員 议长 議長 国会议员 國會議員 国务卿 國務卿
	国务委员 國務委員 部门负责人 负责人 負責人 官员 官員 高级官员 人士 知情人士 消息人士 消息來源 董事长
	董事長 总裁 總裁 副总裁 首席执行官 執行長 总经理 總經理 经理 經理 会长 會長 理事长 理事長 理事 社长 社長
	总编辑 總編輯 主编 主編 编辑 記者 记者 作家 导演 導演 演员 演員 歌手 教练 教練 球员 球員 船长 船長 司令
	司令员 司令官 将军 將軍 上将 上將 中将 少将 上校 参谋长 參謀長 警长 警長 顾问 顧問 助理 助理国务卿
	副国务卿 副总统 副總統 副总理 副總理 副主席 财长 財長 商务部长 外交部长 國防部長 国防部长 书记处书记
	居民 村民 市民 农民 農民 工人 学生 學生 老师 老師 医生 醫生 护士 护士长 目击者 目擊者 受访者 受訪者 家属
	家屬 母亲 母親 父亲 父親 妻子 丈夫 先生 女士 小姐 博士 同志 店主 老板 老闆 渔民 漁民 商人 网友 網友 用户
	評論員 评论员 观察人士 觀察人士 活动人士 活動人士 外交官 领导人 領導人 领袖 领导 总干事 總幹事 总监 總監
	院士 站长 队长 隊長 组长 組長 科长 船员 理事會 候选人 候選人 教师 科学家 科學家 策略师 策略師 交易员
	室长 室長 大臣 次长 次長 外相 防相 防卫相 防衛相 财务相 財務相 经产相 經產相 官房长官 官房長官 长官 長官 国务秘书
	政务官 政務官 审议官 審議官 首席 检察长 檢察長 审计长 參事 参事 参赞 參贊 武官 总司令 總司令 执行董事 合伙人
	合夥人 主管 总督 總督 国王 國王 女王 亲王 親王 王储 王儲 教皇 教宗 主教 总长 總長 政委 干事 幹事 党首 黨首
	党魁 黨魁 党鞭 黨鞭 立委 召集人 高官 讲师 講師 专员 專員 幕僚 幕僚长 幕僚長 军官 軍官 舰长 艦長 机长 機長
	指挥官 指揮官 新闻秘书 新聞秘書 秘书 秘書 参谋 參謀 会计师 會計師 设计师 工程师 工程師 企业家 企業家 评论家
	作者 負責人士 监督 监察长 監察長 高管 主任委员 主任委員 院線 投资者 投資者 民众 民眾 选民 選民 抗议者 抗議者
	大校 中校 少校 上尉 中尉 少尉 元帅 元帥 老兵 士兵 司机 司機 店员 店員 志愿者 志願者 义工 義工 商贩 商販 摊贩 攤販 房东 房東 业主 業主
	老人 青年 男子 女子 妇女 婦女 乘客 旅客 游客 遊客 病人 患者 华侨 華僑 留学生 留學生 大学生 大學生 运动员 運動員 创业者 創業者
	研究者 从业者 從業者 总编 總編 主播 牧师 牧師 神父 僧人 代办 代辦 总主教 總主教 协调员 協調員 新闻官 新聞官 提案人 负责同志
	副主委 主委 副发言人 副發言人 副处长 副處長 次官 副外长 副外長 副防长 副部級 财政司司长 政务司司长 保安局局长 理事会主席 执行长 執行長
	总召 總召 党团总召 黨團總召 发言人办公室 首领 署长 署長 行长 行長 央行行长 委员会主席 特首 行政长官 行政長官 司法部长 主持人 創辦人 创始人 创办人
`)

// chineseBodies close the names of bodies that speak.
var chineseBodies = byLength(`
	外交部 商务部 商務部 国防部 國防部 财政部 財政部 统一部 統一部 国务院 國務院 白宫 白宮 五角大楼 五角大廈
	克里姆林宫 政府 当局 當局 委员会 委員會 部门 部門 办公室 辦公室 总统府 總統府 青瓦台 党 黨 公司 集团
	集團 银行 銀行 协会 協會 联盟 聯盟 组织 組織 机构 機構 基金会 基金會 研究所 研究院 大学 大學 学院 學院
	智库 智庫 中心 法院 检察院 警方 警察局 军方 軍方 司令部 使馆 使館 大使馆 大使館 领事馆 通讯社 通訊社 社
	报 報 日报 日報 晚报 时报 時報 周刊 週刊 杂志 雜誌 电视台 電視台 电台 新闻网 新聞網 网站 網站 媒体 媒體
	官媒 声明 聲明 社论 社論 报告 報告 文件 公报 公報 白皮书 白皮書 公告 国 國 美方 中方 韩方 韓方 朝方 日方
	俄方 双方 雙方 校方 院方 厂方 资方 院 厅 局 署 会 會 联合国 聯合國 欧盟 歐盟 北约 北約 工会 工會 商会
	商會 省 社评 社評 台 电视 電視 海关 海關 央行 财长会 总部 總部 总局 總局 参谋部 參謀部 宣传部 国台办 國台辦 陆委会
	议会 議會 国会 國會 内阁 內閣 团队 團隊 家族 文章 评论 評論 科技 股份 控股 汽车 汽車 电子 電子 航空 能源 制药 製藥 药业 藥業 地产 地產
	证券 證券 保险 保險 基金 资本 資本 网络 網路 通信 半导体 半導體 论坛 論壇 本部 指挥部 指揮部 参谋本部 參謀本部 国防院 外务省 外務省 防卫省 防衛省
	财务省 財務省 经产省 經產省 首相官邸 官邸 院方 台方 陆方 陸方 美国 美國 港府 陆媒 陸媒 外媒 港媒 台媒 韩媒 韓媒 日媒 美媒 朝媒 工商界 业界 業界 学界 學界 坊间 坊間 舆论 輿論
`)

// byLength cuts a word list and puts longer words first.
func byLength(list string) []string {
	seen := map[string]bool{}
	var out []string
	for w := range strings.FieldsSeq(list) {
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return len(out[i]) > len(out[j]) })
	return out
}

// suffixSet finds the longest word of a list that a string ends with.
type suffixSet struct {
	words map[string]bool
	max   int // bytes
}

func newSuffixSet(words []string) suffixSet {
	s := suffixSet{words: wordSet(words)}
	for _, w := range words {
		s.max = max(s.max, len(w))
	}
	return s
}

// suffix is the longest word of the set that s ends with, or "".
func (x suffixSet) suffix(s string) string {
	best := ""
	for i := len(s); i > 0 && len(s)-i < x.max; {
		_, k := utf8.DecodeLastRuneInString(s[:i])
		i -= k
		if x.words[s[i:]] {
			best = s[i:]
		}
	}
	return best
}

// prefix is the longest word of the set that s begins with, or "".
func (x suffixSet) prefix(s string) string {
	best := ""
	for i := 0; i < len(s) && i < x.max; {
		_, k := utf8.DecodeRuneInString(s[i:])
		i += k
		if x.words[s[:i]] {
			best = s[:i]
		}
	}
	return best
}

var (
	zhVerbs  = newSuffixSet(chineseVerbs)
	zhTitles = newSuffixSet(chineseTitles)
	zhBodies = newSuffixSet(chineseBodies)
	zhStops  = newSuffixSet(byLength(chineseBounds))
)

// chineseBounds end the phrase of a speaker: adverbs, times and prepositions
// that come between it and its verb.
const chineseBounds = `
	在 就 对 對 向 还 還 也 则 則 又 再 再次 再度 随后 隨後 同时 同時 当天 當天 当日 當日 今天 今日 昨天
	昨日 昨晚 日前 近日 周一 周二 周三 周四 周五 周六 周日 週一 週二 週三 週四 週五 週六 週日 星期 上午 下午
	晚间 晚間 进一步 進一步 于 於 通过 通過 接受 出席 回答 面对 面對 针对 針對 谈及 談及 谈到 談到 提到 曾
	曾经 已 已经 已經 此前 之前 之后 之後 最后 最後 最终 明确 明確 公开 公開 多次 一再 反复 反覆 坚决 堅決
	强烈 強烈 严厉 嚴厲 严正 嚴正 郑重 鄭重 着重 著重 特别 特別 主动 主動 私下 当时 當時 后来 後來 接着 接著
	继续 繼續 笑着 笑著 哭着 淡淡 平静 平靜 激动 激動 无奈 無奈 愤怒 憤怒 自豪 兴奋 興奮 都 均 一致 共同
	率先 立即 立刻 马上 馬上 仍 仍然 依然 坚持 堅持 仅 僅 发表 發表 举行 舉行 召开 召開 会见 會見 主持 致辞
	致辭 致电 致電 撰文 发文 發文 发布 發布 受访 受訪 受访时 告诉 告訴 警告 批评 批評 强调 強調 根据 根據 说
	說 表示 指出 正在 没有 沒有 非常 十分 几乎 幾乎 明天 目前 现在 現在 如今 一面 转而 轉而 话锋 話鋒 语气
	語氣 现场 現場 事后 事後 会后 會後 散会 记者会 記者會 例行 坦率 直接 间接 委婉 详细 詳細 简短 簡短 点名
	點名 隔空 回应 回應 从 從 把 将要 是否 不会 不是 不能 是在 有关 有關 被问 被問 为何 不要 以 普遍 纷纷
	紛紛 大多 多数 多數 一般 长期 長期 抵达 抵達 前往 参加 參加 访问 訪問 率团 率團 率领 率領 会晤 會晤 签署
	簽署 宣誓 辞去 辭去 当选 當選 上任 离开 離開 到访 到訪 来到 來到 走进 走進 拒绝 拒絕 同意 决定 決定 计划
	計劃 否认 否認 是一 研究 担任 擔任 负责 負責 展示 介绍 亦 不愿 不願 未能 未有 無意 无意 僅僅 早前 早些
	稍早 稍后 稍後 透過 所说 所說 所言 匿名 只 如是 如此 这样 這樣 这么 這麼 书面 書面 近来 近來 随即 隨即 当即
	當即 首先 其次 连日 連日 严肃 嚴肅 强硬 強硬 不断 不斷 屡次 屢次 始终 始終 高声 高聲 大声 大聲 低声 低聲 出面
	转发 轉發 连线 連線 引述 援引 转引 轉引 呼吁 呼籲 联合 聯合 毫不 直言 坦承 早 才 却 卻 与 與 和 跟 为 為
	并 並 而 或 若 因 由 日前 明言 一再 间 間 上任 今年 去年 本月 上月 上周 上週 本周 本週 凌晨 傍晚 深夜 中午 将 將 发出 發出 作出 做出 当场 當場 断然 斷然 矢口
`

// chineseSurnames are the characters that open Chinese and Korean names, in
// both scripts.
const chineseSurnames = "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧" +
	"许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔" +
	"白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文朴全玄申柳辛安裴禹俞耿毕畢" +
	"章闵閔卞元成洪权權赫南柯尚严嚴牛温溫季莫童卫衛左牟芮柴翟" +
	"陶葛倪殷祁狄臧庞龐纪紀舒屈项項祝阮蓝藍席麻路娄婁颜顏梅盛刁骆駱樊凌霍虞管房缪繆解应應宗宣郁单單杭洪包" +
	"诸諸吉邢荣榮翁荀惠甄曲封储儲靳焦巴牧谷车車宫宮宁寧仇栾欒甘厉厲祖符景詹幸司卓蔺藺屠池闻聞党黨贡貢姬冉" +
	"桑桂寿壽边邊燕冀浦农農庄莊晏瞿连連茹习習艾容古易戈步满滿匡寇聂聶冷简簡饶饒沙鞠丰豐关關查荆游竺桓"

// doubleHan are the Chinese surnames of two characters, in both scripts.
var doubleHan = wordSet(strings.Fields(`
	欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 皇甫 尉迟 尉遲 公孙 公孫 慕容 司徒 令狐 东方 東方 夏侯 端木 南宫 南宮 独孤 獨孤 长孙 長孫
	宇文 司空 轩辕 軒轅 百里 淳于 太史 申屠 公羊 澹台 澹臺 宗政 濮阳 濮陽 闻人 聞人 拓跋 南荣 呼延 完颜 完顏 皇浦
`))

// rareHan are characters that open names of three characters and words more
// often than names of two.
const rareHan = "具明表千咸廉秋都延琴鱼魚晋晉奉甘占智卜皮夫诚誠海景鲁魯尧堯柏栗米萌苗乐樂仲伍原庾弓揭敖晁楚欧歐沃沐沙浪涂湛漆濮炎牧犹盖蓋盘盤矫" +
	"空笪籍聪能腾騰臧莘菅蒙蒯蒲薄蔚衡裘覃訾諶谌谯赏逄逯邝鄺邬鄔郎郇郗郜郦酈鄂钮鈕银锺阙闕阳陽隗雍雒飞香鬱鹿"

// personalEnds close what Chinese calls a person whose given name it leaves
// out: 李女士.
var personalEnds = wordSet(strings.Fields(`女士 先生 小姐 太太`))

// leadWords may open a clause before its subject.
var leadWords = byLength(`
	但 而 不过 不過 然而 对此 對此 此外 另外 同时 同時 随后 隨後 其中 据悉 據悉 不仅 不僅 虽然 雖然 因此
	所以 于是 於是 当天 當天 当日 當日 今天 昨天 昨晚 今日 日前 近日 周一 周二 周三 周四 周五 周六 周日 週一
	週二 週三 週四 週五 週六 週日 星期一 星期二 星期三 星期四 星期五 星期六 星期日 此前 之后 之後 最后 最後
	接着 接著 另一方面 与此同时 與此同時 当被问及此事时 上午 下午 晚间 晚間 另据 對於此事 对于此事
`)

var zhLead = newSuffixSet(leadWords)

// notNames are words with the shape of a name.
var notNames = wordSet(strings.Fields(`
	高兴 高興 高度 高层 高層 方面 方案 全国 全國 全球 全体 全體 任何 任务 任務 成为 成為 成功 成员 成員 安全
	安排 文章 文化 万一 萬一 金融 金额 武器 武力 白天 白色 江山 常常 常见 易于 石油 田地 马上 馬上 黄金 黃金
	周围 周圍 周边 周邊 周末 程度 程序 许多 許多 曾经 曾經 于是 於是 夏天 南方 南部 尚未 温度 温和 元首 何时
	何時 何况 和平 张贴 张开 江苏 江西 江蘇 毕竟 畢竟 严重 嚴重 严格 严肃 章程 左右 权力 权利 權力 權利 文件
	应立即 應立即 应当 應當 应该 應該 应对 應對 应由 應由 应予 應予 解除 解决 解決 管理 管制 连续 連續 连任 連任
	时间 時間 时代 時代 查明 包括 关于 關於 关键 關鍵 关税 關稅 车辆 车队 计划 单独 單獨 单边 單邊 边境 邊境 农业 農業
	农民 農民 艾滋 席间 席間 查询 闻讯 满意 项目组 应是 應是 应有 應有 应将 應將 应尽快 應盡快 余者 古代 容易 易受
	文中 史上 方便 项目 顾客 任期 申请 申請 申报 安全部 任何人
`))

// notInNames are characters that make a thing of what stands behind a title:
// 专家们, 总统选举.
const notInNames = "访訪抵赴返的们們会會团團组組级級选選府馆館界方等都这這那人家性化国國部院在就对對说說称稱是有和与與及后後前时時二三两兩"

// foreignSyllables are the characters that foreign names are written with.
const foreignSyllables = "阿埃艾爱安奥巴白拜班邦保贝本比彼别波伯勃博布蔡查达戴丹道德登邓迪蒂丁顿多杜厄恩尔法范菲费芬弗福富盖甘" +
	"冈高戈格葛根贡古瓜哈海汉豪赫亨胡华怀惠霍基吉加贾杰金卡凯坎康考科克肯库奎拉莱赖兰朗劳勒雷里丽利莉列林" +
	"琳隆卢鲁伦罗洛马玛迈麦曼芒梅门蒙米密敏明摩莫默姆穆纳娜南内尼妮涅纽农努诺欧帕派潘庞佩彭皮平珀普奇齐恰" +
	"强乔切琼丘屈让热日荣茹瑞若萨塞赛桑森沙莎山尚绍舍申什圣施史舒斯丝松苏索塔泰坦汤唐特滕提汀廷通图托瓦万" +
	"旺威韦维魏温文翁沃乌武西希锡夏香肖谢辛欣休许雪雅亚扬耶叶伊易因英雍尤于约扎泽詹珍真芝治朱兹佐作岸仁正" +
	"村田中川本野崎晋石破茂爾爾倫貝達爾爾納羅蘭萊賴頓維韋費馬馬麥盧魯諾龐喬瓊絲蘇溫烏許雅亞揚葉約詹澤澤紮" +
	"薩賽聖圖萬爾"

// zhSet makes a suffix set of a word list.
func zhSet(list string) suffixSet { return newSuffixSet(byLength(list)) }

// zhNaming stand before marks that name a thing: so-called, known as.
var zhNaming = zhSet(`
	所谓 所謂 所谓的 所謂的 名为 名為 被称为 被稱為 被称作 俗称 俗稱 绰号 綽號 题为 題為 代号 代號 简称 簡稱
	人称 人稱 被称 号称 號稱 一个 一個 这个 這個 首个 首個
`)

// zhCalling stand before marks that say what somebody calls it.
var zhCalling = zhSet(`
	称其 稱其 指其 斥其 称其为 稱其為 称之为 稱之為 形容为 形容為 批评为 批評為 斥为 斥為 称为 稱為 形容 直言 批评 批評 比作
	描述为 描述為 定性为 定性為 视为 視為 这是 這是 斥责
`)

// zhOpening open a setting or a source, not a speaker's phrase.
var zhOpening = zhSet(`
	据 據 根据 根據 在 就 针对 对于 對於 面对 当 當
`)

// zhViews close a stretch that says whose view or news follows.
var zhViews = zhSet(`看来 看來 眼中 眼里 眼裡 消息 的消息 统计 統計 的说法 的說法 数据 數據`)

// zhSayings make a thing of the words before 的: “还我山河”的口号.
var zhSayings = zhSet(`口号 口號 标语 標語 称号 稱號 字样 字樣 名义 名義 旗号 旗號 主题 主題 横幅 橫幅 条幅 條幅`)

// zhCompound are bounds that go on into the name of a body: 研究中心.
var zhCompound = zhSet(`研究 计划 計劃 联合 聯合 展示 访问 訪問 发布 發布`)

// zhAsSaid close a stretch that says whose words follow: 正如X所言.
var zhAsSaid = zhSet(`所言 所说 所說 所指出 所写 所寫`)

// zhNewsNouns are verbs of reporting that stand for what reports: 报道称.
var zhNewsNouns = zhSet(`报道 報道 報導 通报 通報 评论 評論 声明 聲明`)

// zhAs stand between a verb and the name it gives.
var zhAs = wordSet(strings.Fields(`为 為 作 成 是`))

// courtesies are what 表示 takes that is nobody's words: 表示遗憾.
var courtesies = zhSet(`
	欢迎 歡迎 遗憾 遺憾 关切 關切 感谢 感謝 祝贺 祝賀 赞赏 讚賞 贊賞 哀悼 愤慨 憤慨 支持 理解 同意 不满 不滿 担忧 擔憂 反对 反對 强烈 強烈
	坚决 堅決 高度 严重 嚴重 深切 衷心 热烈 熱烈 诚挚 誠摯 抗议 抗議 谴责 譴責 肯定 认可 認可 慰问 慰問 敬意 谢意 謝意 歉意 悼念 震惊 震驚 失望
	乐观 樂觀 惊讶 驚訝 满意 滿意 尊重 怀疑 懷疑 质疑 質疑 忧虑 憂慮 深表 由衷 由衷的 异议 異議 愿意 願意
`)

// zhNoOpening begin as those do and open a speaker's phrase.
var zhNoOpening = zhSet(`在野 当地 當地 当局 當局 当事 當事 在场 在場 在座`)

// zhPronouns stand for a speaker named before.
var zhPronouns = wordSet(strings.Fields(`
	他 她 他们 他們 她们 她們 其 双方 雙方 两人 兩人 后者 後者 前者 对方 對方
`))

// zhPointing point a title back to its holder: 该发言人.
var zhPointing = wordSet(strings.Fields(`
	该 該 这位 這位 这名 這名 该名 該名 上述 这一
`))
