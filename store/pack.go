package store

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"io"
	"sync"
)

// packWords is what the compressor knows before it begins: what nearly every
// packed value has in it. Nothing that was packed can be read without it, so it
// must never change.
const packWords = " according to the ministry, President Prime Minister government officials said in a statement on Monday Tuesday Wednesday Thursday Friday" +
	" Foreign Ministry spokesperson told reporters that the United States, China, North Korea, South Korea, Japan, Russia and Taiwan would have been their" +
	" security economic trade military nuclear missile sanctions tariffs export controls policy international relations between" +
	" 대통령은 정부는 북한 한국 미국 중국 일본 외교부 대변인은 이라고 말했다. 이라고 밝혔다. 것으로 전했다. 관계자는 대해 위해 있다\" 했다." +
	" 中国 朝鲜 韩国 美国 日本 外交部发言人表示，政府 总统 主席 国家 经济 关系 问题 合作 国际 记者 报道 的 是 在 了 和 " +
	`"Keys":["","GUID":"","Link":"https://www.","Title":"","Mark":"","Author":"","Summary":"","Content":"","Published":"0001-01-01T00:00:00Z","Updated":"0001-01-01T00:00:00Z","Fingerprint":"","VersionOf":"","Update":false,"Baseline":false}` +
	`south_korea","Seoul","north_korea","North Korea","Pyongyang","China","china","Beijing","usa","United States","Washington","taiwan","Taiwan","japan","Japan","russia","Russia","minister","said",` +
	`{"Article":{"ID":"","Entry":"","Feed":"","URL":"https://www.","Title":"","Text":"","Byline":"","Dateline":"","Lang":"","Published":"20","Updated":"0001-01-01T00:00:00Z","Fetched":"20","Access":"full text","Note":""},"Given":{"ID":"","URL":"https://","Title":"","Text":"","Outlet":"","OutletType":"agency","Lang":"en","Published":"20","Access":"full text","VersionOf":""},"Own":false,"Reading":{"ID":"","URL":"","Text":"","Outlet":"","OutletType":"","Published":"0001-01-01T00:00:00Z","Access":"","VersionOf":"","Lang":"en","Title":"","Relevance":{"Relevant":true,"Score":0.9,"Topics":["china","korea","north-korea"],"Reasons":["title: ","text: China","text: North Korea","policy: export controls","policy: government","policy: diplomacy"]},"Names":null,"Sentences":null,"Summary":[{"Start":0,"End":1},{"Start":2,"End":3},{"Start":2,"End":3}],"Quotes":null,"Features":{"id":"","script":"","title":"","body":"","lead":"","names":"","numbers":"","keys":""}},"Sentences":[0,100,0,20,2,150,1,20,2,],"Quoted":[0,0,0,0,0.5,"Strings":["","Names":[,0,"Quotes":[,0,0,0,"Scores":[2.`

// writers holds flate's compressors, which are large.
var writers = sync.Pool{New: func() any {
	w, err := flate.NewWriterDict(io.Discard, flate.DefaultCompression, []byte(packWords))
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// pack is v as compressed JSON.
func pack(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return compress(data)
}

// packText compresses a text: searches read far fewer than they skip.
func packText(s string) ([]byte, error) { return compress([]byte(s)) }

func compress(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w := writers.Get().(*flate.Writer)
	defer writers.Put(w)
	w.Reset(&b)
	_, err := w.Write(data)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

// packedLimit bounds what a packed value may grow to.
const packedLimit = 64 << 20

// unpack reads what pack wrote.
func unpack(packed []byte, v any) error {
	var u unpacker
	data, err := u.bytes(packed, packedLimit)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}

// unpacker unpacks one value after another.
type unpacker struct {
	source bytes.Reader
	flate  io.ReadCloser
	buf    bytes.Buffer
}

// bytes are the first n, and good until the next are read.
func (u *unpacker) bytes(packed []byte, n int64) ([]byte, error) {
	u.source.Reset(packed)
	if u.flate == nil {
		u.flate = flate.NewReaderDict(&u.source, []byte(packWords))
	} else if err := u.flate.(flate.Resetter).Reset(&u.source, []byte(packWords)); err != nil {
		return nil, err
	}
	u.buf.Reset()
	_, err := u.buf.ReadFrom(io.LimitReader(u.flate, n))
	return u.buf.Bytes(), err
}

func (u *unpacker) text(packed []byte) (string, error) {
	b, err := u.bytes(packed, packedLimit)
	return string(b), err
}
