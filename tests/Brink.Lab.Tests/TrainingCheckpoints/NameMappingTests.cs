using Brink.Zoo.Checkpoints;

namespace Brink.Lab.Tests.TrainingCheckpoints;

public class NameMappingTests
{
    [Theory]
    [InlineData("a.w b.w", "a.w b.w", "a.w b.w", null)]
    [InlineData("module.a.w module.b.w", "a.w b.w", "module.a.w module.b.w", "with the prefix 'module.'")]
    [InlineData("a.w b.w", "model.a.w model.b.w", "a.w b.w", "without the prefix 'model.'")]
    [InlineData("module._orig_mod.a.w module._orig_mod.b.w", "a.w b.w", "module._orig_mod.a.w module._orig_mod.b.w",
        "with the prefix 'module._orig_mod.'")]
    [InlineData("a.w:0 b.w:0", "a.w b.w", "a.w:0 b.w:0", "with the suffix ':0'")]
    [InlineData("a b", "a_raw b_raw", "a b", "without the suffix '_raw'")]
    // Equal names are preferred to as many with a prefix.
    [InlineData("a.w b.w ema.a.w ema.b.w", "a.w b.w", "a.w b.w", null)]
    // One name is equal by accident.
    [InlineData("n.w n.a n.b w", "w a b", "n.w n.a n.b", "with the prefix 'n.'")]
    public void Names_are_mapped(string checkpoint, string model, string mapped, string? rule)
    {
        var mapping = NameMapping.Of(checkpoint.Split(' '), model.Split(' '), "a.pt");
        Assert.Equal(rule, mapping.Rule);
        Assert.Equal(model.Split(' '), mapping.ByModelName.Keys);
        Assert.Equal(mapped.Split(' '), mapping.ByModelName.Values);
        Assert.Empty(mapping.Missing);
        Assert.Equal(checkpoint.Split(' ').Except(mapped.Split(' ')), mapping.Unused);
    }

    [Fact]
    public void Names_that_do_not_match_are_listed_on_both_sides()
    {
        var mapping = NameMapping.Of(["module.a", "module.b", "module.n"], ["a", "b", "c"], "a.pt");
        Assert.Equal(["c"], mapping.Missing);
        Assert.Equal(["module.n"], mapping.Unused);
        Assert.Equal(
            "2 of 3 names of the model are in the checkpoint with the prefix 'module.'; missing: c; the model does not have: module.n",
            mapping.Summary);
        Assert.Equal(["c"], NameMapping.Of(["a"], ["c"], "a.pt").Missing);
    }

    [Fact]
    public void Two_prefixes_for_equally_many_names_are_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => NameMapping.Of(["g.w", "g.b", "d.w", "d.b"], ["w", "b"], "a.pt"));
        Assert.Equal(
            "a.pt: the names are ambiguous: those of the model are in the checkpoint with the prefix 'g.' and also with the prefix 'd.'; "
                + "save the state dict of one model only",
            error.Message);
    }

    [Fact]
    public void Names_that_differ_altogether_are_mapped_by_their_shapes()
    {
        (string, IReadOnlyList<long>)[] stored = [("l.10.b", [2]), ("l.9.b", [2]), ("l.9.w", [2, 3]), ("l.10.w", [2, 2])];
        (string, IReadOnlyList<long>)[] model =
            [("first.weight", [2, 3]), ("first.bias", [2]), ("last.weight", [2, 2]), ("last.bias", [2])];
        var mapping = NameMapping.ByShape(stored, model)!;
        Assert.Equal(["first.weight", "first.bias", "last.weight", "last.bias"], mapping.ByModelName.Keys);
        Assert.Equal(["l.9.w", "l.9.b", "l.10.w", "l.10.b"], mapping.ByModelName.Values);
        Assert.Contains("by their shapes, and equal shapes in the order of the names", mapping.Summary, StringComparison.Ordinal);
        Assert.Null(NameMapping.ByShape(stored, model[..3]));
        Assert.Null(NameMapping.ByShape(stored[..3], model));
        Assert.Null(NameMapping.ByShape([("w", [3, 2])], [("v", [2, 3])]));
    }
}
