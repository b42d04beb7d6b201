using System.Text.RegularExpressions;

namespace Brink.Architecture.Tests;

/// <summary>The README and docs/: their links, names, paths and lines.</summary>
public partial class DocumentationTests
{
    private const int LongestLine = 120;

    private static readonly Lazy<string> Tests = new(() =>
        string.Join('\n', Checkout.Sources("tests").Select(file => File.ReadAllText(Path.Combine(Checkout.Root, file)))));

    public static TheoryData<string> Files => [.. Markdown.All.Select(file => file.Path)];

    public static TheoryData<string> Pages =>
        [.. Markdown.All.Select(file => file.Path).Where(path => path.StartsWith("docs/", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Files))]
    public void Every_relative_link_and_anchor_has_its_target(string path) => None(
        from link in Markdown.Read(path).Links()
        where !Absolute().IsMatch(link.Target) && Missing(path, link.Target) is not null
        select $"{path}, line {link.Number}: {Missing(path, link.Target)}");

    [Theory, MemberData(nameof(Files))]
    public void A_link_to_code_names_what_its_file_declares(string path) => None(
        from link in Markdown.Read(path).Links()
        where link.Target.EndsWith(".cs", StringComparison.Ordinal) && NameOfCode().IsMatch(link.Shown)
        let undeclared = Undeclared(link.Shown.Trim('`'), File.ReadAllText(Resolved(path, link.Target)))
        where undeclared is not null
        select $"{path}, line {link.Number}: {link.Target} does not declare {undeclared}");

    [Theory, MemberData(nameof(Files))]
    public void Every_test_that_is_named_exists(string path) => None(
        from span in Markdown.Read(path).CodeSpans()
        where NameOfTest().IsMatch(span.Code) && !Regex.IsMatch(Tests.Value, $@"\b(void|class) {span.Code}\b")
        select $"{path}, line {span.Number}: there is no test {span.Code}");

    [Theory, MemberData(nameof(Files))]
    public void Every_path_of_the_repository_exists(string path) => None(
        from span in Markdown.Read(path).CodeSpans()
        where OwnPath().IsMatch(span.Code) && !Path.Exists(Path.Combine(Checkout.Root, span.Code))
        select $"{path}, line {span.Number}: there is no {span.Code}");

    [Fact]
    public void Every_page_that_the_code_refers_to_exists() => None(
        from file in Checkout.Sources("src", "bench", "tests", "samples")
        from page in Page().Matches(File.ReadAllText(Path.Combine(Checkout.Root, file))).Select(match => match.Value)
        where !File.Exists(Path.Combine(Checkout.Root, page))
        select $"{file}: there is no {page}");

    [Theory, MemberData(nameof(Pages))]
    public void Prose_is_wrapped(string path) => None(
        from at in Markdown.Read(path).OutsideFences()
        where !at.Line.StartsWith('|') && Markdown.ShownLength(at.Line) > LongestLine
        select $"{path}, line {at.Number}: {at.Line.Length} characters");

    [Fact]
    public void Faults_are_found()
    {
        var page = new Markdown(
            "x.md", ["# A `b` (c)", "## One, two", "## One, two", "[`X.Y`](a.cs)", "[in", "two](b.md#c)", "```", "[no](c.md)", "```"]);
        Assert.Equal(["a-b-c", "one-two", "one-two-1"], page.Anchors());
        Assert.Equal([("`X.Y`", "a.cs"), ("in two", "b.md#c")], page.Links().Select(link => (link.Shown, link.Target)));
        Assert.NotNull(Missing("docs/index.md", "no-such-page.md"));
        Assert.NotNull(Missing("docs/index.md", "#no-such-heading"));
        Assert.Null(Undeclared("Rule.Of", "record Rule { static void Of() { } }"));
        Assert.Equal("Rule.Off", Undeclared("Rule.Off", "record Rule { static void Of() { } // Off }"));
        Assert.Equal("Role", Undeclared("Role", "record Rule;"));
        Assert.Equal(7, Markdown.ShownLength("see [it](a/long/target.md)") + 1);
    }

    /// <summary>Says what a relative target lacks; null if it lacks nothing.</summary>
    private static string? Missing(string from, string target)
    {
        var (file, anchor) = target.Split('#') is [var before, var after] ? (before, after) : (target, "");
        var path = file.Length == 0 ? Path.Combine(Checkout.Root, from) : Resolved(from, file);
        if (!Path.Exists(path)) return $"there is no {file}";
        if (anchor.Length == 0) return null;
        return Markdown.Read(Path.GetRelativePath(Checkout.Root, path)).Anchors().Contains(anchor)
            ? null
            : $"{file} has no heading #{anchor}";
    }

    private static string Resolved(string from, string target) =>
        Path.GetFullPath(Path.Combine(Checkout.Root, Path.GetDirectoryName(from)!, target));

    /// <summary>Returns the name that a source file does not declare: a type, or a member of one; null if it declares both.</summary>
    private static string? Undeclared(string name, string source)
    {
        var parts = name.Split('.');
        var type = Regex.IsMatch(source, $@"\b(class|record|struct|interface|enum)\s+{parts[0]}\b");
        // A declaration follows a type, a modifier or a comma; a call follows a keyword, an operator, a bracket or a dot.
        var code = Regex.Replace(source, "\"[^\"\\n]*\"|//.*", "\"\"");
        var member = parts.Length == 1
            || Regex.IsMatch(
                code,
                $@"[\w>\]?,)](?<!\b(return|new|await|throw|in|is|not|and|or))\s+{parts[1]}\b\s*([(<{{;,=)]|$)",
                RegexOptions.Multiline);
        return type && member ? null : name;
    }

    private static void None(IEnumerable<string> violations)
    {
        var all = violations.ToArray();
        Assert.True(all.Length == 0, $"{all.Length} violations:\n{string.Join('\n', all)}");
    }

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Absolute();

    [GeneratedRegex(@"^`[A-Z]\w*(\.[A-Z]\w*)?`$")]
    private static partial Regex NameOfCode();

    [GeneratedRegex(@"^(?![A-Z0-9_]+$)([A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+){2,}|[A-Z]\w*Tests)$")]
    private static partial Regex NameOfTest();

    [GeneratedRegex(@"^(src|tests|bench|build|samples|docs)/[\w./-]+$")]
    private static partial Regex OwnPath();

    [GeneratedRegex(@"\bdocs/[\w/-]+\.md\b")]
    private static partial Regex Page();
}
