type Sentences = readonly [string, ...string[]]

/** What answers are made of in one language. `_` stands for a word of the prompt. Letters, blanks, commas and colons only. */
export interface Vocabulary {
  readonly sentences: Sentences
  /** For answers of a few words, and for the end of longer ones. */
  readonly brief: Sentences
  /** In place of the prompt's words, where it has none. */
  readonly words: Sentences
  readonly between: string
  readonly end: string
}

export const english: Vocabulary = {
  sentences: [
    'The _ comes first, because the _ depends on it',
    'In short, the _ matters more than the _',
    'It helps to look at the _ before the _',
    'A good example is the _ that follows from the _',
    'Most readers would connect the _ with the _',
    'What remains is the _, and that is easy to check',
    'There are two sides to this: the _ and the _',
    'Taken together, the _ and the _ point the same way',
    'If the _ changes, then the _ changes with it',
    'That is why the _ deserves a second look',
    'Seen from the outside, the _ explains most of the _',
    'The rest follows once the _ is clear',
  ],
  brief: ['Yes', 'It depends', 'The _', 'So it is the _', 'Mostly the _', 'The _ and the _'],
  words: ['question', 'answer', 'detail', 'context', 'result', 'reason', 'example', 'rule'],
  between: '. ',
  end: '.',
}

export const chinese: Vocabulary = {
  sentences: [
    '关于_，先要看清_',
    '简单来说，_比_更重要',
    '以_为例，可以看出_的作用',
    '如果_改变，_也会随之改变',
    '总的来看，_值得再想一想',
    '_与_彼此相关，不能分开来看',
    '因此，答案主要取决于_',
    '剩下的就是_，这一点容易核对',
  ],
  brief: ['可以', '是_', '主要是_', '_和_'],
  words: ['问题', '答案', '细节', '背景', '结果', '原因', '例子', '规则'],
  between: '。',
  end: '。',
}

/** English words that say nothing about a prompt. */
export const dullWords: ReadonlySet<string> = new Set(
  `about after also answer been before below could does each from give have here into just like make many more most
  much must only other please question should some such than that their them then there these they this those very
  want were what when where which while will with would write your`.split(/\s+/),
)
