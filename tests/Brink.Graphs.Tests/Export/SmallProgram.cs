using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Brink.Graphs.Tests.Export;

/// <summary>A hand-made archive, whose parts tests replace: relu(x Wᵀ + b), written in place, then a product with a copy of W that
/// is tied to it.</summary>
internal sealed class SmallProgram
{
    public static readonly float[] W = [1, 2, 3, 4, 5, 6], B = [0.5f, -0.5f], Mask = [1, 0];

    public JsonObject Program { get; } = new()
    {
        ["graph_module"] = new JsonObject { ["graph"] = GraphOf(), ["signature"] = SignatureOf() },
        ["opset_version"] = new JsonObject { ["aten"] = 10 },
        ["range_constraints"] = new JsonObject(),
        ["schema_version"] = new JsonObject { ["major"] = 8, ["minor"] = 20 },
        ["torch_version"] = "2.14.1+cpu",
    };

    public JsonObject Weights { get; } = new()
    {
        ["w"] = Payload("weight_0", [2, 3], [3, 1]),
        ["tied"] = Payload("weight_0", [2, 3], [3, 1]),
        ["b"] = Payload("weight_1", [2], [1]),
    };

    public JsonObject Constants { get; } = new() { ["mask"] = Payload("tensor_0", [2], [1]) };

    /// <summary>The entries besides those of JSON, without the folder "model/".</summary>
    public Dictionary<string, byte[]> Entries { get; } = new(StringComparer.Ordinal)
    {
        ["byteorder"] = "little"u8.ToArray(),
        ["archive_format"] = "pt2"u8.ToArray(),
        ["archive_version"] = "0"u8.ToArray(),
        ["data/weights/weight_0"] = Bytes(W),
        ["data/weights/weight_1"] = Bytes(B),
        ["data/constants/tensor_0"] = Bytes(Mask),
    };

    public JsonObject Graph => Program["graph_module"]!["graph"]!.AsObject();

    public JsonArray Nodes => Graph["nodes"]!.AsArray();

    public JsonArray InputSpecs => Program["graph_module"]!["signature"]!["input_specs"]!.AsArray();

    public JsonArray OutputSpecs => Program["graph_module"]!["signature"]!["output_specs"]!.AsArray();

    public static JsonObject Tensor(string name) => new() { ["as_tensor"] = new JsonObject { ["name"] = name } };

    public static JsonObject Symbol(string name) => new() { ["as_sym_int"] = new JsonObject { ["as_name"] = name } };

    public static JsonObject One(string kind, JsonNode value) => new() { [kind] = value };

    public static JsonObject Node(string name, string target, params (string Name, JsonNode Value)[] arguments) => new()
    {
        ["target"] = target,
        ["inputs"] = new JsonArray(
            [.. arguments.Select(one => new JsonObject { ["name"] = one.Name, ["arg"] = one.Value, ["kind"] = 1 })]),
        ["outputs"] = new JsonArray(target.Contains("sym_size", StringComparison.Ordinal) ? Symbol(name) : Tensor(name)),
        ["metadata"] = new JsonObject { ["nn_module_stack"] = "L__self__,,M;L__self___a,a.f(0, 1)@1,torch.nn.Linear" },
        ["name"] = name,
    };

    public static JsonObject Payload(
        string entry, long[] sizes, long[] strides, long offset = 0, int type = 7, bool pickled = false) => new()
        {
            ["path_name"] = entry,
            ["is_param"] = true,
            ["use_pickle"] = pickled,
            ["tensor_meta"] = Meta(sizes, strides, offset, type),
        };

    public static JsonObject Meta(long[] sizes, long[] strides, long offset = 0, int type = 7) => new()
    {
        ["dtype"] = type,
        ["sizes"] = Sizes(sizes),
        ["strides"] = Sizes(strides),
        ["storage_offset"] = new JsonObject { ["as_int"] = offset },
        ["layout"] = 7,
    };

    public static byte[] Bytes(params float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();

    /// <summary>All entries of the archive.</summary>
    public Dictionary<string, byte[]> Packed() => new(Entries, StringComparer.Ordinal)
    {
        ["models/model.json"] = Text(Program),
        ["data/weights/model_weights_config.json"] = Text(new JsonObject { ["config"] = Weights.DeepClone() }),
        ["data/constants/model_constants_config.json"] = Text(new JsonObject { ["config"] = Constants.DeepClone() }),
    };

    public static byte[] Text(JsonNode node) => System.Text.Encoding.UTF8.GetBytes(node.ToJsonString());

    public static byte[] Zip(IReadOnlyDictionary<string, byte[]> entries, string folder = "model/", bool compressed = false)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in entries)
            {
                var level = compressed ? CompressionLevel.Fastest : CompressionLevel.NoCompression;
                using var entry = zip.CreateEntry(folder + name, level).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    private static JsonObject GraphOf() => new()
    {
        ["inputs"] = new JsonArray(Tensor("p_w"), Tensor("p_b"), Tensor("p_tied"), Tensor("b_mask"), Tensor("x"), One("as_int", 1)),
        ["outputs"] = new JsonArray(Tensor("linear_1"), Symbol("sym_size_int")),
        ["nodes"] = new JsonArray(
            Node("sym_size_int", "torch.ops.aten.sym_size.int", ("self", Tensor("x")), ("dim", One("as_int", 0))),
            Node("mul", "_operator.mul", ("a", Symbol("sym_size_int")), ("b", One("as_int", 3))),
            Node("linear", "torch.ops.aten.linear.default", ("input", Tensor("x")), ("weight", Tensor("p_w")), ("bias", Tensor("p_b"))),
            Node("relu_", "torch.ops.aten.relu_.default", ("self", Tensor("linear"))),
            Node("add", "torch.ops.aten.add.Tensor", ("self", Tensor("linear")), ("other", Tensor("b_mask")), ("alpha", Tensor("flag"))),
            Node("linear_1", "torch.ops.aten.mm.default", ("self", Tensor("add")), ("mat2", Tensor("p_tied")))),
        ["tensor_values"] = new JsonObject
        {
            ["p_w"] = Meta([2, 3], [3, 1]),
            ["p_tied"] = Meta([2, 3], [3, 1]),
            ["p_b"] = Meta([2], [1]),
            ["b_mask"] = Meta([2], [1]),
            ["x"] = new JsonObject
            {
                ["dtype"] = 7,
                ["sizes"] = new JsonArray(One("as_expr", new JsonObject { ["expr_str"] = "s0" }), One("as_int", 3)),
            },
        },
    };

    private static JsonObject SignatureOf() => new()
    {
        ["input_specs"] = new JsonArray(
            One("parameter", new JsonObject { ["arg"] = Named("p_w"), ["parameter_name"] = "w" }),
            One("parameter", new JsonObject { ["arg"] = Named("p_b"), ["parameter_name"] = "b" }),
            One("parameter", new JsonObject { ["arg"] = Named("p_tied"), ["parameter_name"] = "tied" }),
            One("buffer", new JsonObject { ["arg"] = Named("b_mask"), ["buffer_name"] = "mask", ["persistent"] = false }),
            One("user_input", new JsonObject { ["arg"] = Tensor("x") }),
            One("constant_input", new JsonObject { ["name"] = "flag", ["value"] = One("as_int", 1) })),
        ["output_specs"] = new JsonArray(
            One("user_output", new JsonObject { ["arg"] = Tensor("linear_1") }),
            One("user_output", new JsonObject { ["arg"] = Symbol("sym_size_int") })),
    };

    private static JsonObject Named(string name) => new() { ["name"] = name };

    private static JsonArray Sizes(long[] sizes) => new([.. sizes.Select(size => One("as_int", size))]);
}
