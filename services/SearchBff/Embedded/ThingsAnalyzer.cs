using Lucene.Net.Analysis;
using Lucene.Net.Analysis.Core;
using Lucene.Net.Analysis.En;
using Lucene.Net.Analysis.Miscellaneous;
using Lucene.Net.Analysis.Standard;
using Lucene.Net.Util;

namespace CloudNative.SearchBff.Embedded;

/// <summary>Splits text as the analyzer <c>things_text</c> of the OpenSearch index does; only emoji and words over 255 letters come out differently.</summary>
internal sealed class ThingsAnalyzer : Analyzer
{
    public const LuceneVersion Version = LuceneVersion.LUCENE_48;

    /// <summary>What becomes of a word that is matched as it is typed: lower case without accents, but not its stem.</summary>
    public static string Fold(string word)
    {
        var lower = word.ToLowerInvariant().ToCharArray();
        // One letter may become four.
        var folded = new char[lower.Length * 4];
        var length = ASCIIFoldingFilter.FoldToASCII(lower, 0, folded, 0, lower.Length);
        return new string(folded, 0, length).ToLowerInvariant();
    }

    protected override TokenStreamComponents CreateComponents(string fieldName, TextReader reader)
    {
        var tokens = new StandardTokenizer(Version, reader);
        TokenStream filtered = new EnglishPossessiveFilter(Version, tokens);
        filtered = new LowerCaseFilter(Version, filtered);
        filtered = new ASCIIFoldingFilter(filtered);
        // The dotted capital I has no lower case here; folded it is a plain one.
        filtered = new LowerCaseFilter(Version, filtered);
        filtered = new StopFilter(Version, filtered, StopAnalyzer.ENGLISH_STOP_WORDS_SET);
        return new TokenStreamComponents(tokens, new PorterStemFilter(filtered));
    }
}
