/** What a row holds, as it may be printed: of at most so many characters, and nothing that a terminal would obey. */
export const showShort = (text: string, longest = 80): string => {
  // Cut first: half of a character, where the cut goes through one, is replaced as well.
  const plain = text.slice(0, longest).replaceAll(/\p{C}/gu, '�')
  return text.length > longest ? `${plain}…` : plain
}
