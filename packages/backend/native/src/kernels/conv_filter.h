// Filters as the register tile reads them.
#pragma once
#include "../engine/context.h"
#include "../engine/geometry.h"
#include "panels.h"
#include "parallel.h"

namespace ductus::DUCTUS_ISA {

// [taps · inChannels, outChannels] in panels.
inline void pack_filter(const Context& context, const ConvGeometry& g, const float* filter, float* to) {
  const int64_t depth = g.taps() * g.in_channels;
  const bool small = depth * g.out_channels < kGrain;
  const int64_t parts = small ? 1 : 8;
  for_shards(context, parts, [&](int64_t part) {
    const int64_t begin = part_begin(depth, parts, part), end = part_begin(depth, parts, part + 1);
    for (PanelCursor p(g.out_channels); p.more(); p.next())
      pack_panel(p.kind(), p.columns(), end - begin, filter + begin * g.out_channels + p.column(), g.out_channels, 1,
                 to + p.packed() * depth + begin * p.width());
  });
}

// A vector by panels: columns where the panels have them, 0 where they are padded.
inline void pad_bias(int64_t columns, const float* bias, float* to) {
  for (PanelCursor p(columns); p.more(); p.next())
    for (int j = 0; j < p.width(); j++) to[p.packed() + j] = j < p.columns() ? bias[p.column() + j] : 0.0f;
}

}  // namespace ductus::DUCTUS_ISA
