using Microsoft.Extensions.Options;

namespace CloudNative.ThingsBff.GraphiQL;

/// <summary>The packages that make up GraphiQL and where their files are kept. The folder appears whole or not at all.</summary>
internal sealed class GraphiQLFiles(IOptions<GraphiQLOptions> options, IHostEnvironment environment)
{
    /// <summary>The last versions that ship ready for a browser, without a build step.</summary>
    public static readonly IReadOnlyList<GraphiQLPackage> Packages =
    [
        new("react", "18.3.1", ["umd/react.production.min.js"]),
        new("react-dom", "18.3.1", ["umd/react-dom.production.min.js"]),
        new("graphiql", "3.8.2", ["graphiql.min.js", "graphiql.min.css"]),
    ];

    public string Root { get; } = Path.GetFullPath(Path.Combine(environment.ContentRootPath, options.Value.Folder));

    /// <summary>Named for the versions, so another release installs beside it.</summary>
    public string Installed => Path.Combine(Root, $"{Packages[^1].Name}-{Packages[^1].Version}");

    public bool AreThere => Directory.Exists(Installed);

    /// <summary>The path of one of the packages' files, null for any other name.</summary>
    public string? Find(string name) =>
        Packages.Any(package => package.Files.Any(file => Path.GetFileName(file) == name)) && AreThere ? Path.Combine(Installed, name) : null;
}

/// <summary>A package of the npm registry and those of its files that a browser needs.</summary>
internal sealed record GraphiQLPackage(string Name, string Version, IReadOnlyList<string> Files)
{
    /// <summary>What `npm pack` calls the package's archive.</summary>
    public string Archive => $"{Name}-{Version}.tgz";
}
