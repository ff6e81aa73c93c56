/** Types of `packages.mjs`. */
export interface LockedPackage {
  readonly version?: string;
  readonly optional?: boolean;
  readonly peer?: boolean;
}

export declare function missingPackages(root: string): string | undefined;
export declare function rememberPackages(root: string): void;
export declare function firstDifference(
  wanted: Readonly<Record<string, LockedPackage>>,
  installed: Readonly<Record<string, LockedPackage>>,
): string | undefined;
