/* Turns a card's data into a chart. Colours come from the page's own, so that they follow light and dark. */
"use strict";

window.boardCharts = (() => {
  const live = new Map();
  const style = () => getComputedStyle(document.body);
  const colour = (name) => style().getPropertyValue(`--d-${name}`).trim();
  const isWall = () => document.body.classList.contains("board-wall");
  const size = () => (isWall() ? 17 : 12);
  const phone = () => window.innerWidth < 600;

  function palette() {
    return ["blue", "amber", "brand", "violet", "red", "green", "mute"].map(colour).concat(["#b0578d"]);
  }

  const PARTIES = {
    us: "brand", customer: "blue", shipper: "blue", carrier: "amber", broker: "violet", customs: "amber",
    warehouse: "violet", finance: "green", nobody: "mute",
  };

  function text(more) {
    return { color: colour("mute"), fontSize: size(), fontFamily: style().fontFamily, ...more };
  }

  function tooltip(more) {
    return {
      backgroundColor: colour("card"), borderColor: colour("line"), confine: true,
      textStyle: { color: colour("ink"), fontSize: size(), fontFamily: style().fontFamily }, ...more,
    };
  }

  const axis = () => ({
    axisLabel: text(), axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } },
    splitLine: { lineStyle: { color: colour("line") } },
  });

  function lines(data) {
    const colours = palette();
    const own = data.series.filter((one) => !one.before);
    const series = data.series.map((one) => ({
      name: one.name, type: "line", data: one.values, stack: one.stack ? "all" : undefined,
      areaStyle: one.stack ? { opacity: 0.28 } : undefined, smooth: 0.15, connectNulls: false,
      showSymbol: one.values.filter((value) => value !== null).length < 3 || undefined, symbolSize: 6,
      lineStyle: one.before ? { type: "dashed", width: 1.5, color: colour("mute"), opacity: 0.75 } : { width: isWall() ? 3.5 : 2 },
      itemStyle: one.before ? { color: colour("mute") } : undefined,
      triggerLineEvent: !one.before, silent: Boolean(one.before), emphasis: { focus: "series" },
    }));
    if (series.length && data.goals.length) {
      series[0].markLine = {
        silent: true, symbol: "none", lineStyle: { color: colour("green"), type: "dashed", width: 1.2 },
        label: { ...text({ color: colour("green") }), position: "insideEndTop", formatter: "{b}" },
        data: data.goals.map((goal) => ({ yAxis: goal.at, name: goal.name })),
      };
    }
    const goals = data.goals.map((goal) => goal.at);
    const several = data.series.length > 1;
    return {
      color: colours,
      grid: { left: 6, right: 12, top: several ? (phone() ? 52 : 34) : 14, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      legend: several ? { type: "scroll", top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 4, textStyle: text(), pageTextStyle: text(), pageIconColor: colour("brand"), pageIconInactiveColor: colour("line") } : undefined,
      tooltip: tooltip({ trigger: "axis", valueFormatter: (value) => (value === null || value === undefined ? "–" : `${value.toLocaleString()} ${data.unit}`) }),
      xAxis: { type: "category", data: data.x, boundaryGap: false, ...axis(), splitLine: { show: false }, axisLabel: text({ hideOverlap: true }) },
      yAxis: {
        type: "value", ...axis(), axisLine: { show: false }, axisLabel: text({ formatter: (value) => `${value.toLocaleString()}${data.unit ? ` ${data.unit}` : ""}` }),
        min: data.isScore ? 1 : data.unit === "%" ? (extent) => { const low = Math.min(extent.min, ...goals) - 4; return low < 40 ? 0 : Math.floor(low / 10) * 10; } : undefined,
        max: data.isScore ? 5 : data.unit === "%" && goals.length ? 100 : goals.length ? (extent) => Math.max(extent.max, ...goals) : undefined,
      },
      series, own,
    };
  }

  function heat(data) {
    const most = Math.max(1, ...data.points.map((point) => point[2] || 0));
    return {
      grid: { left: 2, right: 2, top: 2, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: tooltip({ formatter: (at) => `${data.days[at.value[1]]} ${data.hours[at.value[0]]}:00 · <b>${at.value[2].toLocaleString()}</b>` }),
      xAxis: { type: "category", data: data.hours, position: "top", ...axis(), axisLine: { show: false }, splitLine: { show: false }, axisLabel: text({ interval: phone() ? 5 : 2 }) },
      yAxis: { type: "category", data: data.days, inverse: true, ...axis(), axisLine: { show: false }, splitLine: { show: false } },
      visualMap: { show: false, min: 0, max: most, dimension: 2, inRange: { color: [colour("soft"), colour("brand")] } },
      series: [{ type: "heatmap", name: data.name, data: data.points.map((point) => ({ value: point.slice(0, 3), link: point[3] })), itemStyle: { borderColor: colour("card"), borderWidth: 2, borderRadius: 4 }, emphasis: { itemStyle: { borderColor: colour("ink"), borderWidth: 1 } } }],
    };
  }

  function bars(data) {
    return {
      grid: { left: 2, right: 48, top: 4, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: tooltip({ trigger: "item" }),
      xAxis: { type: "value", ...axis(), show: false },
      yAxis: { type: "category", inverse: true, data: data.bars.map((bar) => bar.name), ...axis(), axisLine: { show: false } },
      series: [{ type: "bar", barMaxWidth: isWall() ? 30 : 18, itemStyle: { color: colour("brand"), borderRadius: [0, 4, 4, 0], opacity: 0.85 }, label: { show: true, position: "right", ...text({ color: colour("ink") }), formatter: (at) => at.value.toLocaleString() }, data: data.bars.map((bar) => ({ value: bar.count, link: bar.link })) }],
    };
  }

  function funnel(data) {
    const waits = (bar) => data.waits.replace("%(party)s", bar.party_label);
    return {
      grid: { left: 2, right: phone() ? 92 : 132, top: 2, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: tooltip({ formatter: (at) => { const bar = data.bars[at.dataIndex]; return `${bar.name}<br>${bar.share} % · ${data.median.replace("%(time)s", bar.median)}<br>${waits(bar)}`; } }),
      xAxis: { type: "value", show: false },
      yAxis: { type: "category", inverse: true, data: data.bars.map((bar) => bar.name), ...axis(), axisLine: { show: false }, axisLabel: text({ color: colour("ink"), width: phone() ? 110 : 150, overflow: "truncate" }) },
      series: [{
        type: "bar", barMaxWidth: isWall() ? 26 : 16, showBackground: true, backgroundStyle: { color: colour("soft"), borderRadius: 4 },
        label: { show: true, position: "right", ...text(), formatter: (at) => `${data.bars[at.dataIndex].share} % · ${data.bars[at.dataIndex].median}` },
        data: data.bars.map((bar) => ({ value: bar.share, link: bar.link, itemStyle: { color: colour(PARTIES[bar.party] || "mute"), borderRadius: 4, opacity: 0.8 } })),
      }],
    };
  }

  function flow(data) {
    const colours = palette();
    const starts = [...new Set(data.flows.map((one) => one.from))];
    const ends = [...new Set(data.flows.map((one) => one.to))];
    const nodes = [
      ...starts.map((name, at) => ({ name: `> ${name}`, label: { position: "right" }, itemStyle: { color: colours[at % colours.length] } })),
      ...ends.map((name) => ({ name: `< ${name}`, label: { position: "left" }, itemStyle: { color: colour("mute") } })),
    ];
    return {
      tooltip: tooltip({ formatter: (at) => (at.dataType === "edge" ? `${at.data.source.slice(2)} → ${at.data.target.slice(2)} · <b>${at.value.toLocaleString()}</b>` : `${at.name.slice(2)} · <b>${at.value.toLocaleString()}</b>`) }),
      series: [{
        type: "sankey", data: nodes, draggable: false, nodeWidth: 12, nodeGap: isWall() ? 14 : 8, left: 4, right: 4, top: 8, bottom: 8,
        links: data.flows.map((one) => ({ source: `> ${one.from}`, target: `< ${one.to}`, value: one.count, link: one.link })),
        label: { ...text({ color: colour("ink") }), formatter: (at) => at.name.slice(2) },
        lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 }, emphasis: { focus: "adjacency", lineStyle: { opacity: 0.6 } },
      }],
    };
  }

  const MAKE = { lines, heat, bars, funnel, flow };

  function address(data, at) {
    if (data.type === "lines") {
      const own = data.series.filter((one) => !one.before)[at.seriesIndex];
      return own && own.links ? own.links[at.dataIndex] : "";
    }
    return at.data && at.data.link;
  }

  function draw(place) {
    const source = document.getElementById(place.dataset.chart);
    if (!source || !window.echarts) return;
    const data = JSON.parse(source.textContent);
    place.style.minHeight = `${Number(place.dataset.height) * (isWall() ? 1.35 : 1)}px`;
    let chart = live.get(place);
    if (!chart) {
      chart = window.echarts.init(place, null, { renderer: "svg" });
      chart.on("click", (at) => {
        const link = address(data, at);
        if (link) window.location.assign(link);
      });
      if (data.type === "lines") {
        // A click beside the line means the step it stands in.
        chart.getZr().on("click", (event) => {
          if (event.target) return;
          const pixel = [event.offsetX, event.offsetY];
          if (!chart.containPixel("grid", pixel)) return;
          const step = chart.convertFromPixel({ xAxisIndex: 0 }, event.offsetX);
          const own = data.series.filter((one) => !one.before);
          if (own.length === 1 && own[0].links && own[0].links[step]) window.location.assign(own[0].links[step]);
        });
      }
      live.set(place, chart);
    }
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    chart.setOption({ animation: !still && !place.dataset.drawn, animationDuration: 350, ...MAKE[data.type](data) }, true);
    chart.resize();
    place.dataset.drawn = "1";
  }

  function all() {
    for (const [place, chart] of live) {
      if (!place.isConnected) { chart.dispose(); live.delete(place); }
    }
    document.querySelectorAll(".b-chart").forEach(draw);
  }

  return { all };
})();
