using GraphQLParser;
using GraphQLParser.AST;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>
/// Measures a parsed document before any validation rule sees it: some rules cost the square of a document's size.
/// <paramref name="pageSize"/> tells how often a field's selection may be resolved.
/// </summary>
internal sealed class QueryLimits(GraphQLOptions options, Func<GraphQLField, int> pageSize)
{
    /// <summary>Why the document is refused, naming the limit, or null.</summary>
    public string? Refuse(GraphQLDocument document)
    {
        var size = new Measurement(document, options.MaxDepth * 2, pageSize).Whole();
        if (size.Depth > options.MaxDepth || size.Nesting > options.MaxDepth * 2)
            return $"The document is nested deeper than {options.MaxDepth} levels.";
        if (size.Aliases > options.MaxAliases)
            return $"The document has more than {options.MaxAliases} aliases.";
        if (size.Cost > options.MaxComplexity)
            return $"The document's complexity is {size.Cost}; at most {options.MaxComplexity} is allowed.";
        return size.ReadsSchema && !options.Introspection ? "Introspection is switched off." : null;
    }

    /// <summary>Nesting counts fragments as well as fields.</summary>
    private readonly record struct Size(int Depth, int Nesting, long Cost, long Aliases, bool ReadsSchema)
    {
        // Spreading fragments doubles sizes with every line; far above any limit, exactness does not matter.
        private const long Ceiling = 1_000_000_000;

        public Size Beside(Size other) => new(
            Math.Max(Depth, other.Depth),
            Math.Max(Nesting, other.Nesting),
            Math.Min(Cost + other.Cost, Ceiling),
            Math.Min(Aliases + other.Aliases, Ceiling),
            ReadsSchema || other.ReadsSchema);

        public Size Times(int count) => this with { Cost = Math.Min(Cost * count, Ceiling) };
    }

    private sealed class Measurement(GraphQLDocument document, int maxNesting, Func<GraphQLField, int> pageSize)
    {
        private readonly Dictionary<ROM, Size?> fragments = [];
        private readonly ILookup<ROM, GraphQLFragmentDefinition> definitions =
            document.Definitions.OfType<GraphQLFragmentDefinition>().ToLookup(fragment => fragment.FragmentName.Name.Value);

        public Size Whole()
        {
            var whole = default(Size);
            foreach (var definition in document.Definitions)
            {
                whole = whole.Beside(definition switch
                {
                    GraphQLOperationDefinition operation => Selection(operation.SelectionSet, 0)
                        .Beside(new Size(0, 0, operation.Variables?.Count ?? 0, 0, false)),
                    // Unused fragments and duplicates are validated too.
                    GraphQLFragmentDefinition fragment => Selection(fragment.SelectionSet, 0),
                    _ => default,
                });
            }

            return whole;
        }

        private Size Selection(GraphQLSelectionSet? selection, int nesting)
        {
            if (selection is null)
                return default;
            if (nesting > maxNesting)
                return new Size(0, int.MaxValue / 2, 0, 0, false);
            var size = default(Size);
            foreach (var node in selection.Selections)
                size = size.Beside(Node(node, nesting + 1));
            return size;
        }

        private Size Node(ASTNode node, int nesting) => node switch
        {
            GraphQLField field => Field(field, Selection(field.SelectionSet, nesting)),
            GraphQLInlineFragment inline => Nested(Selection(inline.SelectionSet, nesting), inline.Directives?.Count ?? 0),
            GraphQLFragmentSpread spread => Nested(Fragment(spread.FragmentName.Name.Value, nesting), 1 + (spread.Directives?.Count ?? 0)),
            _ => default,
        };

        private Size Field(GraphQLField field, Size below)
        {
            var own = 1 + (field.Arguments?.Count ?? 0) + (field.Directives?.Count ?? 0);
            var size = Nested(below.Times(pageSize(field)), own);
            return size with
            {
                Depth = size.Depth + 1,
                Aliases = size.Aliases + (field.Alias is null ? 0 : 1),
                ReadsSchema = size.ReadsSchema || field.Name.Value == "__schema" || field.Name.Value == "__type",
            };
        }

        private static Size Nested(Size below, int cost) => below with { Nesting = below.Nesting + 1, Cost = below.Cost + cost };

        private Size Fragment(ROM name, int nesting)
        {
            // Null: being measured, so it contains itself; validation tells the client.
            if (fragments.TryGetValue(name, out var known))
                return known ?? default;
            fragments[name] = null;
            var size = default(Size);
            foreach (var definition in definitions[name])
                size = size.Beside(Selection(definition.SelectionSet, nesting));
            fragments[name] = size;
            return size;
        }
    }
}
