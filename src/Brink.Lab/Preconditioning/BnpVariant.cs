namespace Brink.Lab;

internal enum BnpVariant
{
    Vanilla,

    /// <summary>Batch norm before every ReLU.</summary>
    BatchNorm,

    /// <summary>Group norm before every ReLU.</summary>
    GroupNorm,

    /// <summary>The vanilla network with preconditioned gradients.</summary>
    Bnp,
}
