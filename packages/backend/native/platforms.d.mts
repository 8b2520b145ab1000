export interface BuiltPlatform {
  target: string
  os: string
  cpu: string
  libc?: string
}
export const oldestGlibc: string
export const platforms: Record<string, BuiltPlatform>
export function hostPlatform(): string | undefined
export function packageName(platform: string): string
export function platformDir(platform: string): string
export function platformAddon(platform: string): string
export function backendVersion(): string
