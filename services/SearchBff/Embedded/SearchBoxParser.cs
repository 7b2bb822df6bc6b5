using System.Text.RegularExpressions;
using Lucene.Net.Analysis;
using Lucene.Net.Index;
using Lucene.Net.QueryParsers.Simple;
using Lucene.Net.Search;

namespace CloudNative.SearchBff.Embedded;

/// <summary>
/// The search box's syntax: words, "phrases", -excluded, prefix*, word~1, either | or, (groups). Every text is a query; a word may stand in
/// the name, where it counts twice, or in the description. The same as OpenSearch's <c>simple_query_string</c>, operator and.
/// </summary>
internal sealed partial class SearchBoxParser : SimpleQueryParser
{
    private static readonly Dictionary<string, float> Weights = new() { [ThingFields.Name] = 2f, [ThingFields.Description] = 1f };

    public SearchBoxParser(Analyzer analyzer)
        : base(analyzer, Weights) => DefaultOperator = Occur.MUST;

    /// <summary>Null where nothing is left to look for: only white space, stop words or operators.</summary>
    public Query? ParseText(string text) => text.Trim() == "*" ? new MatchAllDocsQuery() : Parse(BareTilde().Replace(text, "~2"));

    protected override Query NewPrefixQuery(string text) =>
        OverFields(field => new PrefixQuery(new Term(field, ThingsAnalyzer.Fold(text))));

    protected override Query NewFuzzyQuery(string text, int fuzziness) =>
        OverFields(field => new FuzzyQuery(new Term(field, ThingsAnalyzer.Fold(text)), fuzziness));

    private static BooleanQuery OverFields(Func<string, Query> make)
    {
        var either = new BooleanQuery(disableCoord: true);
        foreach (var (field, weight) in Weights)
        {
            var query = make(field);
            query.Boost = weight;
            either.Add(query, Occur.SHOULD);
        }

        return either;
    }

    // A word's ~ without a number stands for two edits; this parser version would drop it.
    [GeneratedRegex(@"(?<=[^\s\\""])~(?=[\s)|+""]|\z)")]
    private static partial Regex BareTilde();
}
