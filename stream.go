package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// maxLine bounds one line of a corpus. A longer one becomes an error line.
const maxLine = 32 << 20

// eachLine calls f on every line of in, on all cores, and writes what it
// returns to out in the order of the lines. f is given the line's number, from
// 1; a line over [maxLine] is nil. A nil result writes nothing. Memory is
// bounded by a few lines per core, however long the input.
func eachLine(ctx context.Context, in io.Reader, out io.Writer, f func(n int, line []byte) []byte) error {
	type job struct {
		n    int
		line []byte
		done chan []byte
	}
	cores := runtime.GOMAXPROCS(0)
	work := make(chan job)
	order := make(chan job, 4*cores)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(work)
		defer close(order)
		r := bufio.NewReaderSize(in, 1<<20)
		for n := 1; ; n++ {
			line, err := readLine(r)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil && !errors.Is(err, errLongLine) {
				return fmt.Errorf("line %d: %w", n, err)
			}
			j := job{n, line, make(chan []byte, 1)}
			for _, c := range []chan<- job{order, work} {
				select {
				case c <- j:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
	})
	for range cores {
		g.Go(func() error {
			for j := range work {
				j.done <- f(j.n, j.line)
			}
			return nil
		})
	}
	g.Go(func() error {
		w := bufio.NewWriterSize(out, 1<<16)
		for j := range order {
			var result []byte
			select {
			case result = <-j.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			if result == nil {
				continue
			}
			w.Write(result)
			if err := w.WriteByte('\n'); err != nil {
				return err
			}
			if len(order) == 0 {
				if err := w.Flush(); err != nil {
					return err
				}
			}
		}
		return w.Flush()
	})
	return g.Wait()
}

var errLongLine = errors.New("line too long")

// readLine reads one line without its end. The rest of a line over maxLine is
// read away.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if !long {
			if len(line)+len(part) > maxLine {
				line, long = nil, true
			} else {
				line = append(line, part...)
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) == 0 && !long:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case long:
			return nil, errLongLine
		}
		for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
			line = line[:len(line)-1]
		}
		if line == nil {
			line = []byte{}
		}
		return line, nil
	}
}
