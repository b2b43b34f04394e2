/** Of a whole, with one digit, rounded down: what is not complete never reads as 100 %. */
export const percentText = (percent: number): string => `${Math.floor(percent * 10) / 10} %`;
