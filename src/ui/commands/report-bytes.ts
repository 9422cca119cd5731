import { type OnProgress } from '../../host/progress.js';
import { formatSize } from '../../host/quantities.js';

/**
 * Reports how many bytes were done, each time that reads differently: streams bring thousands of pieces a second.
 *
 * @param doing stands before the size: `Written`
 * @param whole bytes, where they are known: then the part is reported instead, in percent
 */
export function reportBytes(onProgress: OnProgress, doing: string, whole?: number): (bytes: number) => void {
  let last = '';
  return (bytes) => {
    const fraction = whole === undefined ? undefined : Math.min(1, bytes / Math.max(1, whole));
    const amount = fraction === undefined ? formatSize(bytes) : `${Math.floor(fraction * 100)} %`;
    if (amount === last) return;
    last = amount;
    onProgress({ message: `${doing}: ${amount}`, ...(fraction === undefined ? {} : { fraction }) });
  };
}
