/** "a 3", "an 8". @param {number | string} digit */
export const aDigit = (digit) => `${Number(digit) === 8 ? "an" : "a"} ${digit}`
