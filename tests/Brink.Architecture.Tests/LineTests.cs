using System.Globalization;
using System.Text.RegularExpressions;
using static Brink.Architecture.Tests.Violations;

namespace Brink.Architecture.Tests;

/// <summary>The length of the lines of all C# files.</summary>
public partial class LineTests
{
    /// <summary>The largest length of a line, in characters, as <c>.editorconfig</c> states it for C#.</summary>
    private static readonly int LongestLine = LengthIn(File.ReadAllText(Path.Combine(Checkout.Root, ".editorconfig")));

    private static readonly string[] Files = [.. Checkout.Sources("src", "tests", "bench", "samples", "build", ".ci")];

    [Fact]
    public void No_line_is_longer_than_the_editor_configuration_allows() => None(
        Files.SelectMany(file => Longer(file, File.ReadLines(Path.Combine(Checkout.Root, file)), LongestLine)));

    [Theory]
    [InlineData("src/Brink/Spectra/Lanczos.cs")]
    [InlineData("tests/Brink.Architecture.Tests/LineTests.cs")]
    [InlineData("bench/Brink.Bench/Program.cs")]
    [InlineData("samples/EdgeOfStability.cs")]
    [InlineData("build/SubsetFashionMnist.cs")]
    [InlineData(".ci/SiteLinks.cs")]
    public void The_files_are_those_of_every_folder_with_code(string file) => Assert.Contains(file, Files);

    [Fact]
    public void A_longer_line_is_found_with_its_file_and_number() =>
        Assert.Equal(["a.cs, line 2: 4 characters; at most 3"], Longer("a.cs", ["abc", "abcd", ""], 3));

    [Fact]
    public void The_length_is_that_of_the_section_for_csharp() =>
        Assert.Equal(90, LengthIn("[*.md]\nmax_line_length = 80\n\n[*.cs]\nindent_size = 4\nmax_line_length = 90\n"));

    private static IEnumerable<string> Longer(string file, IEnumerable<string> lines, int longest) =>
        from line in lines.Index()
        where line.Item.Length > longest
        select $"{file}, line {line.Index + 1}: {line.Item.Length} characters; at most {longest}";

    private static int LengthIn(string configuration) =>
        int.Parse(Length().Match(configuration).Groups["length"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\[\*\.cs\]\n(?:(?!\[).*\n)*?max_line_length = (?<length>\d+)$", RegexOptions.Multiline)]
    private static partial Regex Length();
}
