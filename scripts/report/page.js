"use strict";
// Draws the timelines of the page so that one can zoom and move about in them, and sorts the tables.
// Everything that stems from a capture is shown as text, never as HTML.
(() => {
    const LEFT = 90, RIGHT = 30, TOP = 16, LANE = 34, BAR = 14, AXIS = 24;
    const WAIT = {lane: 0, begin: 1, end: 2, outcome: 3, fetch: 4, delivery: 5, words: 6};
    const FINDING = {lane: 0, time: 1, violation: 2, words: 3};
    const EVENT = {lane: 0, whole: 1, time: 2, words: 3};
    const data = JSON.parse(document.getElementById("data").textContent);
    const colours = Object.values(data.outcomes).map((pair) => pair[1]);
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;

    function element(name, properties, ...children) {
        const made = Object.assign(document.createElement(name), properties);
        made.append(...children);
        return made;
    }

    function niceStep(span, most) {
        const power = 10 ** Math.floor(Math.log10(span / most));
        return [1, 2, 3, 5, 10, 20].map((step) => step * power).find((step) => span / step <= most);
    }

    // The first number for which a condition that never turns false again is true.
    function search(count, condition) {
        let low = 0, high = count;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (condition(middle)) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    // The waits of one lane, in the order of their begin.
    class Lane {
        constructor(waits) {
            this.waits = waits;
            this.low = new Array(waits.length); // is drawn lower: another one is under way
            this.latest = new Float64Array(waits.length); // end of all up to this one
            let latest = -Infinity;
            waits.forEach((wait, i) => {
                this.low[i] = latest > wait[WAIT.begin];
                latest = Math.max(latest, wait[WAIT.end]);
                this.latest[i] = latest;
            });
        }

        // The numbers of the waits that may be seen between two times: from, to.
        between(begin, end) {
            return [search(this.waits.length, (i) => this.latest[i] >= begin),
                search(this.waits.length, (i) => this.waits[i][WAIT.begin] > end)];
        }
    }

    class Timeline {
        constructor(figure, line) {
            this.line = line;
            this.lanes = line.lanes.map((_, lane) =>
                new Lane(line.waits.filter((wait) => wait[WAIT.lane] === lane)));
            this.begin = line.begin;
            this.end = line.end;
            this.selected = null;
            this.count = 0;
            this.build(figure);
            this.listen();
            new ResizeObserver(() => this.resize()).observe(this.canvas);
            this.resize();
        }

        build(figure) {
            this.range = element("output", {});
            const button = (label, title, action) => element("button", {
                type: "button", textContent: label, title,
                onclick: () => { action(); this.canvas.focus({preventScroll: true}); },
            });
            this.canvas = element("canvas", {tabIndex: 0});
            this.canvas.setAttribute("role", "application");
            this.canvas.setAttribute("aria-label",
                `${figure.querySelector("figcaption").textContent}: ${this.line.waits.length} waits`);
            this.words = element("p", {className: "words"});
            this.words.setAttribute("aria-live", "polite");
            const controls = element("div", {className: "live"},
                button("+", "Zoom in", () => this.zoom(0.5)),
                button("−", "Zoom out", () => this.zoom(2)),
                button("←", "Move left", () => this.move(-0.3)),
                button("→", "Move right", () => this.move(0.3)),
                button("All", "Show all", () => this.show(this.line.begin, this.line.end)),
                this.range);
            figure.querySelector(".still").style.display = "none";
            figure.append(controls, this.canvas, this.words);
            figure.timeline = this;
        }

        resize() {
            const width = this.canvas.clientWidth || 900;
            const ratio = window.devicePixelRatio || 1;
            this.width = width;
            this.height = TOP + LANE * Math.max(this.lanes.length, 1) + AXIS;
            this.canvas.style.height = `${this.height}px`;
            this.canvas.width = Math.round(width * ratio);
            this.canvas.height = Math.round(this.height * ratio);
            this.context = this.canvas.getContext("2d");
            this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
            this.redraw();
        }

        get scale() { return (this.width - LEFT - RIGHT) / (this.end - this.begin); }
        x(time) { return LEFT + (time - this.begin) * this.scale; }
        time(x) { return this.begin + (x - LEFT) / this.scale; }
        y(lane) { return TOP + LANE * lane; }

        redraw() {
            if (this.waiting) return;
            this.waiting = true;
            requestAnimationFrame(() => { this.waiting = false; this.draw(); });
        }

        draw() {
            const pen = this.context;
            pen.clearRect(0, 0, this.width, this.height);
            this.drawAxis(pen);
            pen.save();
            pen.beginPath();
            pen.rect(LEFT - 6, 0, this.width - LEFT - RIGHT + 12, this.height);
            pen.clip();
            this.drawGaps(pen);
            this.count = 0;
            this.lanes.forEach((lane, number) => this.drawLane(pen, lane, this.y(number)));
            this.drawEvents(pen);
            this.drawFindings(pen);
            pen.restore();
            this.range.value = `${this.begin.toFixed(3)} s to ${this.end.toFixed(3)} s`;
        }

        drawAxis(pen) {
            const step = niceStep(this.end - this.begin, Math.max(2, this.width / 110));
            const digits = Math.max(0, -Math.floor(Math.log10(step)));
            const bottom = this.height - AXIS;
            pen.font = "11px system-ui, sans-serif";
            for (let i = Math.ceil(this.begin / step - 1e-9); i * step <= this.end + step * 1e-9; i++) {
                const x = this.x(i * step);
                pen.fillStyle = "#e6e9ee";
                pen.fillRect(x, TOP - 8, 1, bottom - TOP + 8);
                pen.fillStyle = "#4a5568";
                pen.textAlign = "center";
                pen.fillText(`${(i * step).toFixed(digits)} s`, x, bottom + 14);
            }
            pen.textAlign = "right";
            pen.fillStyle = "#1c2430";
            this.line.lanes.forEach((name, lane) => pen.fillText(name, LEFT - 8, this.y(lane) + BAR));
        }

        drawGaps(pen) {
            pen.fillStyle = "rgba(130,140,155,.28)";
            for (const [begin, end] of this.line.gaps) {
                if (end < this.begin || begin > this.end) continue;
                const left = this.x(begin) - 1;
                pen.fillRect(left, TOP - 8, Math.max(3, this.x(end) + 1 - left),
                    this.height - TOP - AXIS + 8);
            }
        }

        drawLane(pen, lane, y) {
            const [from, to] = lane.between(this.begin, this.end);
            let lastRight = -1, lastOutcome = -1;
            for (let i = from; i < to; i++) {
                const wait = lane.waits[i];
                if (wait[WAIT.end] < this.begin) continue;
                this.count++;
                const left = this.x(wait[WAIT.begin]);
                const right = Math.max(left + 1, this.x(wait[WAIT.end]));
                // What would not be seen takes no time.
                if (right <= lastRight && wait[WAIT.outcome] === lastOutcome && wait !== this.selected)
                    continue;
                pen.fillStyle = colours[wait[WAIT.outcome]];
                pen.fillRect(left, y + (lane.low[i] ? 5 : 0), right - left, BAR);
                if (right - left > 4) {
                    pen.fillStyle = "rgba(0,0,0,.35)";
                    pen.fillRect(left, y + (lane.low[i] ? 5 : 0), 1, BAR);
                }
                if (wait === this.selected) {
                    pen.strokeStyle = "#2463eb";
                    pen.lineWidth = 2;
                    pen.strokeRect(left - 1, y - 1 + (lane.low[i] ? 5 : 0), right - left + 2, BAR + 2);
                }
                this.drawMark(pen, wait[WAIT.fetch], y + BAR + 2, "#111");
                this.drawMark(pen, wait[WAIT.delivery], y + BAR + 7, "#d63384");
                lastRight = Math.floor(right);
                lastOutcome = wait[WAIT.outcome];
            }
        }

        drawMark(pen, time, y, colour) {
            if (time === null || time < this.begin || time > this.end) return;
            pen.fillStyle = colour;
            pen.fillRect(this.x(time) - 1, y, 3, 5);
        }

        drawEvents(pen) {
            pen.fillStyle = "#3b4a5e";
            for (const event of this.line.events) {
                const x = this.x(event[EVENT.time]);
                if (x < LEFT - 6 || x > this.width) continue;
                if (event[EVENT.whole]) pen.fillRect(x, TOP - 10, 1.5, this.height - TOP - AXIS + 10);
                else pen.fillRect(x, this.y(event[EVENT.lane]) - 6, 1.5, LANE - 4);
            }
        }

        drawFindings(pen) {
            for (const violation of [false, true]) {
                pen.fillStyle = violation ? "#c8102e" : "#e09b00";
                for (const finding of this.line.findings) {
                    const x = this.x(finding[FINDING.time]);
                    if (finding[FINDING.violation] !== violation || x < LEFT - 6 || x > this.width)
                        continue;
                    const y = this.y(finding[FINDING.lane]) - 11;
                    pen.beginPath();
                    pen.moveTo(x - 6, y);
                    pen.lineTo(x + 6, y);
                    pen.lineTo(x, y + 10);
                    pen.fill();
                }
            }
        }

        // --- what is where ---

        // Texts of all that is drawn at a point, findings first; and the wait, if there is one.
        at(x, y) {
            const near = (time, reach) => Math.abs(this.x(time) - x) <= reach;
            const lane = Math.floor((y - TOP + 10) / LANE), time = this.time(x);
            const found = this.line.findings.filter((finding) =>
                finding[FINDING.lane] === lane && near(finding[FINDING.time], 6)
                && y < this.y(lane) + BAR).map((finding) => finding[FINDING.words]);
            const wait = this.waitAt(lane, time);
            if (wait) found.push(wait[WAIT.words]);
            for (const event of this.line.events) {
                if (near(event[EVENT.time], 3) && (event[EVENT.whole] || event[EVENT.lane] === lane))
                    found.push(event[EVENT.words]);
            }
            for (const [begin, end, words] of this.line.gaps) {
                if (x >= this.x(begin) - 3 && x <= this.x(end) + 3) found.push(words);
            }
            return {texts: found.slice(0, 6), wait};
        }

        // The last wait of a lane that is under way at a time, or the nearest within two pixels.
        waitAt(lane, time) {
            if (!this.lanes[lane]) return null;
            const slack = 2 / this.scale, waits = this.lanes[lane].waits;
            const [from, to] = this.lanes[lane].between(time - slack, time + slack);
            for (let i = to - 1; i >= from; i--) {
                if (waits[i][WAIT.end] >= time - slack) return waits[i];
            }
            return null;
        }

        // --- zoom, move, select ---

        show(begin, end) {
            const whole = this.line.end - this.line.begin;
            const span = Math.min(whole, Math.max(end - begin, Math.min(whole, 1e-5)));
            this.begin = Math.max(this.line.begin, Math.min(begin, this.line.end - span));
            this.end = this.begin + span;
            this.redraw();
        }

        zoom(factor, around = (this.begin + this.end) / 2) {
            const span = (this.end - this.begin) * factor;
            const share = (around - this.begin) / (this.end - this.begin);
            this.show(around - span * share, around + span * (1 - share));
        }

        move(share) {
            const by = (this.end - this.begin) * share;
            this.show(this.begin + by, this.end + by);
        }

        select(wait) {
            this.selected = wait;
            this.words.textContent = wait ? wait[WAIT.words] : "";
            if (wait && (wait[WAIT.begin] > this.end || wait[WAIT.end] < this.begin)) {
                const middle = (wait[WAIT.begin] + wait[WAIT.end]) / 2;
                const half = (this.end - this.begin) / 2;
                this.show(middle - half, middle + half);
            }
            this.redraw();
        }

        // The wait so many places further in the lane of the selected one.
        step(by) {
            const lane = this.selected ? this.selected[WAIT.lane]
                : this.lanes.findIndex((one) => one.waits.length > 0);
            if (lane < 0) return;
            const waits = this.lanes[lane].waits;
            const place = this.selected ? waits.indexOf(this.selected) + by : 0;
            this.select(waits[Math.max(0, Math.min(waits.length - 1, place))]);
        }

        // The first wait of a neighbouring lane that has any, at about the same time.
        changeLane(by) {
            if (!this.selected) return this.step(0);
            for (let lane = this.selected[WAIT.lane] + by; this.lanes[lane]; lane += by) {
                const waits = this.lanes[lane].waits;
                if (waits.length === 0) continue;
                const place = search(waits.length,
                    (i) => waits[i][WAIT.begin] >= this.selected[WAIT.begin]);
                return this.select(waits[Math.min(place, waits.length - 1)]);
            }
        }

        zoomToSelected() {
            if (!this.selected) return;
            const [begin, end] = [this.selected[WAIT.begin], this.selected[WAIT.end]];
            const margin = Math.max((end - begin) * 0.5, 0.0005);
            this.show(begin - margin, end + margin);
        }

        key(event) {
            const all = this.lanes.flatMap((lane) => lane.waits);
            const actions = {
                "+": () => this.zoom(0.5), "=": () => this.zoom(0.5),
                "-": () => this.zoom(2), "0": () => this.show(this.line.begin, this.line.end),
                ArrowLeft: () => event.shiftKey ? this.move(-0.2) : this.step(-1),
                ArrowRight: () => event.shiftKey ? this.move(0.2) : this.step(1),
                ArrowUp: () => this.changeLane(-1), ArrowDown: () => this.changeLane(1),
                Home: () => this.select(all[0] || null),
                End: () => this.select(all[all.length - 1] || null),
                Enter: () => this.zoomToSelected(), Escape: () => this.select(null),
            };
            if (!actions[event.key] || event.altKey || event.metaKey) return;
            event.preventDefault();
            actions[event.key]();
        }

        hover(event) {
            const {texts} = this.at(event.offsetX, event.offsetY);
            tip.hidden = texts.length === 0;
            tip.replaceChildren(...texts.map((words) => element("div", {textContent: words})));
            const left = Math.min(event.clientX + 14, window.innerWidth - 440);
            tip.style.left = `${Math.max(4, left)}px`;
            const below = event.clientY + 18;
            tip.style.top = `${below + tip.offsetHeight > window.innerHeight
                ? event.clientY - tip.offsetHeight - 10 : below}px`;
        }

        listen() {
            let drag = null;
            const canvas = this.canvas;
            canvas.addEventListener("keydown", (event) => this.key(event));
            canvas.addEventListener("wheel", (event) => {
                // The page scrolls over a timeline that nobody has chosen.
                if (document.activeElement !== canvas && !event.ctrlKey) return;
                event.preventDefault();
                if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.move(event.deltaX / 1000);
                else this.zoom(event.deltaY < 0 ? 0.8 : 1.25, this.time(event.offsetX));
            }, {passive: false});
            canvas.addEventListener("pointerdown", (event) => {
                drag = {x: event.offsetX, begin: this.begin, end: this.end, moved: false};
                canvas.setPointerCapture(event.pointerId);
            });
            canvas.addEventListener("pointermove", (event) => {
                if (!drag) return this.hover(event);
                drag.moved ||= Math.abs(event.offsetX - drag.x) > 3;
                const by = (drag.x - event.offsetX) / this.scale;
                if (drag.moved) this.show(drag.begin + by, drag.end + by);
                tip.hidden = true;
            });
            canvas.addEventListener("pointerup", (event) => {
                if (drag && !drag.moved) this.select(this.at(event.offsetX, event.offsetY).wait);
                drag = null;
            });
            canvas.addEventListener("pointercancel", () => { drag = null; });
            canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
        }
    }

    function sortBy(table, column, down) {
        const body = table.tBodies[0], numbers = table.tHead.rows[0].cells[column].classList.contains("n");
        const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent;
        const value = (text) => numbers ? (text === "–" || text === "" ? -Infinity : Number(text)) : text;
        const rows = [...body.rows].map((row) => [value(key(row)), row]);
        const compare = (a, b) => numbers ? (a > b) - (a < b) : a.localeCompare(b);
        rows.sort((a, b) => (down ? -1 : 1) * compare(a[0], b[0]));
        body.append(...rows.map((pair) => pair[1]));
    }

    for (const table of document.querySelectorAll("table.sortable")) {
        [...table.tHead.rows[0].cells].forEach((cell, column) => {
            cell.querySelector("button").addEventListener("click", () => {
                const down = cell.getAttribute("aria-sort") === "ascending";
                for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
                cell.setAttribute("aria-sort", down ? "descending" : "ascending");
                sortBy(table, column, down);
            });
        });
    }
    document.body.append(tip);
    document.querySelector(".help").hidden = false;
    for (const line of data.timelines) new Timeline(document.getElementById(`t${line.key}`), line);
})();
