package feeds

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxOPML bounds a list of feeds; 10,000 of them fit.
const maxOPML = 4 << 20

// ReadOPML reads a list of feeds as other readers export it. Folders may stand
// in folders; the same URL twice is one feed. Outlet type, zone and language
// are read from the attributes that [WriteOPML] writes, where there are any.
// http://opml.org/spec2.opml
func ReadOPML(r io.Reader) ([]Feed, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxOPML+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxOPML {
		return nil, fmt.Errorf("OPML of more than %d MB", maxOPML>>20)
	}
	text, _, _ := decode(body, "", "")
	d := xml.NewDecoder(strings.NewReader(string(text)))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // decoded already
	var (
		feeds   []Feed
		folders []string // one for each open outline, empty for a feed
		seen    = map[string]bool{}
		opml    bool
	)
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			if len(feeds) > 0 {
				return feeds, fmt.Errorf("OPML: %w", err)
			}
			return nil, fmt.Errorf("OPML: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch strings.ToLower(t.Name.Local) {
			case "opml":
				opml = true
			case "outline":
				f, name := outline(t)
				if f.URL == "" {
					folders = append(folders, strings.ReplaceAll(name, "/", "∕"))
					continue
				}
				f.Folder = strings.Join(nonEmpty(folders), "/")
				folders = append(folders, "")
				if key := feedKey(f.URL); !seen[key] {
					seen[key] = true
					feeds = append(feeds, f)
				}
			}
		case xml.EndElement:
			if strings.EqualFold(t.Name.Local, "outline") && len(folders) > 0 {
				folders = folders[:len(folders)-1]
			}
		}
	}
	if !opml {
		return nil, errors.New("OPML: no opml element")
	}
	return feeds, nil
}

func outline(t xml.StartElement) (f Feed, name string) {
	var title string
	for _, a := range t.Attr {
		value := strings.TrimSpace(a.Value)
		switch strings.ToLower(a.Name.Local) {
		case "text":
			name = oneLine(value)
		case "title":
			title = oneLine(value)
		case "xmlurl":
			f.URL = resolve("", strings.Replace(value, "feed://", "http://", 1))
		case "language":
			f.Lang = value
		case "outlettype":
			f.Type = OutletType(value)
		case "zone":
			f.Zone = value
		}
	}
	if title != "" {
		name = title
	}
	f.Outlet = name
	return f, name
}

func nonEmpty(s []string) []string {
	var out []string
	for _, v := range s {
		if v != "" {
			out = append(out, v)
		}
	}
	return out
}

// WriteOPML writes feeds, in their order within each folder. ReadOPML gives
// them back.
func WriteOPML(w io.Writer, feeds []Feed) error {
	var b strings.Builder
	b.WriteString(xml.Header + `<opml version="2.0">` + "\n<head><title>Hanwire feeds</title></head>\n<body>\n")
	writeFolder(&b, feeds, nil)
	b.WriteString("</body>\n</opml>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// writeFolder writes the feeds of one folder, each folder inside it at the
// place of its first feed.
func writeFolder(b *strings.Builder, feeds []Feed, path []string) {
	indent := strings.Repeat("  ", len(path))
	done := map[string]bool{}
	for _, f := range feeds {
		rest := splitFolder(f.Folder)[len(path):]
		if len(rest) == 0 {
			b.WriteString(indent + `<outline type="rss"`)
			writeAttr(b, "text", f.Outlet)
			writeAttr(b, "xmlUrl", f.URL)
			writeAttr(b, "language", f.Lang)
			writeAttr(b, "outletType", string(f.Type))
			writeAttr(b, "zone", f.Zone)
			b.WriteString("/>\n")
			continue
		}
		if done[rest[0]] {
			continue
		}
		done[rest[0]] = true
		var inside []Feed
		for _, g := range feeds {
			if r := splitFolder(g.Folder)[len(path):]; len(r) > 0 && r[0] == rest[0] {
				inside = append(inside, g)
			}
		}
		b.WriteString(indent + "<outline")
		writeAttr(b, "text", rest[0])
		b.WriteString(">\n")
		writeFolder(b, inside, append(path[:len(path):len(path)], rest[0]))
		b.WriteString(indent + "</outline>\n")
	}
}

func splitFolder(folder string) []string {
	return nonEmpty(strings.Split(folder, "/"))
}

func writeAttr(b *strings.Builder, name, value string) {
	if value == "" && name != "text" {
		return
	}
	b.WriteString(" " + name + `="`)
	xml.EscapeText(b, []byte(value))
	b.WriteString(`"`)
}
