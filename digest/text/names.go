package text

import "strings"

// koreanTitles follow a name, or stand before one that follows 대변인 and its
// like.
var koreanTitles = strings.Fields("대통령 국가주석 주석 총리 부총리 장관 차관 외무상 위원장 부위원장 국무위원장 의원 대변인 대표 특사 대사 총장 국장 부장 실장 수석 교수 연구위원 선임연구위원 연구원 소장 회장 사장 총비서 비서 서기 시장 지사 의장 사령관 참모총장 합참의장 보좌관 차관보 부차관보 행정관 국방상 부장관 씨 여사 전")

// chineseTitles stand before a name.
var chineseTitles = strings.Fields("总统 總統 主席 总理 總理 首相 部长 部長 外长 外長 副部长 副總理 副总理 发言人 發言人 教授 国务卿 國務卿 大使 特使 委员 委員 总书记 總書記 书记 書記 议员 議員 防长 防長 司长 局长 院长 院長 学者 專家 专家 研究员 研究員 记者 女士 先生 委员长 委員長 国防部长 长官 長官 会长 會長 议长 議長")
