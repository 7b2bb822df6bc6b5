namespace CloudNative.TestKit;

/// <summary>Where the repository lies that this program was built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string LocalRuntime => Path.Combine(Root, "artifacts/bin/Local/release/Local.dll");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CloudNative.Dapr.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The repository's root is not above this program.");
    }
}
