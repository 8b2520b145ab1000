#pragma once

namespace ductus {

// Cores this process may use: the affinity mask, or less where a cgroup grants less time.
int usable_cores();

}  // namespace ductus
