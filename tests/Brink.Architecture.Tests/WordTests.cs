using System.Text.RegularExpressions;
using static Brink.Architecture.Tests.Violations;

namespace Brink.Architecture.Tests;

/// <summary>The words of sources, tests, documentation, pages and scripts.</summary>
public partial class WordTests
{
    /// <summary>Kinds of files that people read.</summary>
    private static readonly string[] Extensions =
        ["", ".cff", ".cs", ".csproj", ".css", ".html", ".js", ".json", ".md", ".props", ".sh", ".targets", ".yaml", ".yml"];

    /// <summary>The list itself, and texts of others.</summary>
    private static readonly string[] Exceptions =
        ["tests/Brink.Architecture.Tests/Word", "src/Brink.Reports/uplot/", "LICENSE", "THIRD-PARTY-NOTICES"];

    /// <summary>Names in stored runs and checkpoints, which cannot change.</summary>
    private static readonly string[] StoredNames = ["\"companions\"", "\"rested\"", "gradient_norm_beside"];

    [Fact]
    public void No_file_has_a_word_of_the_list()
    {
        var found =
            from file in Files()
            from word in WordList.Found(WithSeparatedNames(WithoutStoredNames(File.ReadAllText(Path.Combine(Checkout.Root, file)))))
            select $"{file}:{word.Line}: \"{word.Word}\": write {word.Preferred}";
        None(found);
    }

    [Fact]
    public void The_files_are_those_of_the_repository()
    {
        var files = Files().ToArray();
        Assert.Contains("README.md", files);
        Assert.Contains("brink", files);
        Assert.Contains(".ci/run", files);
        Assert.Contains("src/Brink.Reports/page/page.js", files);
        Assert.Contains("src/Brink/Spectra/Lanczos.cs", files);
        Assert.DoesNotContain(files, file => file.StartsWith("artifacts/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("A run that goes on.", "goes on")]
    [InlineData("// the number\n// that was asked for", "asked")]
    [InlineData("/// what is left\n    /// of it", "what is left\n    /// of")]
    [InlineData("public void It_goes_on() { }", "goes on")]
    [InlineData("state.BeginsAnew()", "Anew")]
    public void Words_are_found_across_lines_and_within_names(string text, string word) =>
        Assert.Equal(word, Assert.Single(WordList.Found(WithSeparatedNames(text))).Word);

    [Theory]
    [InlineData("The task is measured besides; a mask, a housing, a broom, the rest of it.")]
    [InlineData("An interval lies below the edge.")]
    public void Words_that_only_contain_a_listed_one_are_not_found(string text) => Assert.Empty(WordList.Found(WithSeparatedNames(text)));

    private static IEnumerable<string> Files()
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        return Directory.EnumerateFiles(Checkout.Root, "*", all)
            .Select(file => Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/'))
            .Where(file => Extensions.Contains(Path.GetExtension(file)) || Path.GetFileName(file).StartsWith('.'))
            .Where(file => !Ignored().IsMatch(file) && !Exceptions.Any(exception =>
                file.StartsWith(exception, StringComparison.Ordinal) || file.EndsWith("/" + exception, StringComparison.Ordinal)));
    }

    private static string WithoutStoredNames(string text) =>
        StoredNames.Aggregate(text, (shorter, name) => shorter.Replace(name, "", StringComparison.Ordinal));

    /// <summary>The same text with identifiers split into words, so that names are held to the same list.</summary>
    private static string WithSeparatedNames(string text) => NamePart().Replace(Underscore().Replace(text, " "), "$1 $2");

    [GeneratedRegex("(^|/)(artifacts|runs|bin|obj|node_modules|TestResults|\\.git|\\.vs|\\.idea|\\.vscode)(/|$)")]
    private static partial Regex Ignored();

    [GeneratedRegex("(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])")]
    private static partial Regex Underscore();

    [GeneratedRegex("([a-z0-9])([A-Z])")]
    private static partial Regex NamePart();
}
