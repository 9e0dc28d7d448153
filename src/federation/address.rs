//! Where a partner's service may be: an address of the open network, unless the settings name the network that it is in. The
//! hub's machine reaches what strangers do not; no partner may point it there.

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;
use url::Url;

use crate::graphql::UserError;
use crate::locale::Message;

/// Networks that are nobody's address in the open network (IANA's registries of special-purpose addresses).
static RESERVED: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    let networks = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ];
    networks.iter().map(|network| network.parse().expect("a network")).collect()
});

/// Ends of names that no public name server knows.
const LOCAL_NAMES: [&str; 6] = ["localhost", "local", "internal", "lan", "home.arpa", "invalid"];

/// Networks with private addresses in which partners' services may be.
#[derive(Clone, Debug, Default)]
pub struct Neighbourhood(pub Vec<IpNet>);

impl Neighbourhood {
    /// Whether a service may be at this address.
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
            || !RESERVED.iter().any(|network| network.contains(&address))
    }

    /// Reads the address of a service.
    ///
    /// # Errors
    /// `ADDRESS_INVALID`; `ADDRESS_PRIVATE`.
    pub fn read(&self, address: &str, field: &str) -> Result<Url, UserError> {
        let invalid = |it: &str, en: &str| UserError::invalid(field, "ADDRESS_INVALID", Message::new(it, en));
        let url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or_else(|| {
            invalid("Non è un indirizzo della forma https://….", "This is no address of the form https://….")
        })?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(invalid(
                "L'indirizzo non contiene nomi utente, password o frammenti (#).",
                "The address holds no user name, password or fragment (#).",
            ));
        }
        let is_neighbour = match url.host() {
            Some(url::Host::Domain(name)) => {
                let is_local = !name.contains('.') || LOCAL_NAMES.iter().any(|local| ends_with(name, local));
                let is_loopback = name == "localhost" && self.0.iter().any(|network| network.addr().is_loopback());
                if is_local && !is_loopback {
                    return Err(private(field));
                }
                is_loopback
            }
            Some(url::Host::Ipv4(address)) => self.neighbour(address.into(), field)?,
            Some(url::Host::Ipv6(address)) => self.neighbour(address.into(), field)?,
            None => return Err(private(field)),
        };
        if url.scheme() == "http" && !is_neighbour {
            return Err(invalid("L'indirizzo comincia con https://.", "The address begins with https://."));
        }
        Ok(url)
    }

    /// Whether an address is in one of the networks named.
    fn neighbour(&self, address: IpAddr, field: &str) -> Result<bool, UserError> {
        if !self.admits(address) {
            return Err(private(field));
        }
        Ok(self.0.iter().any(|network| network.contains(&address.to_canonical())))
    }
}

fn ends_with(name: &str, last: &str) -> bool {
    name.trim_end_matches('.').strip_suffix(last).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn private(field: &str) -> UserError {
    let message = Message::new(
        "L'indirizzo è di una rete privata: il servizio deve essere raggiungibile dalla rete pubblica, o la sua rete va indicata in partner_networks.",
        "The address is in a private network: the service must be reachable from the open network, or its network be named in partner_networks.",
    );
    UserError::invalid(field, "ADDRESS_PRIVATE", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(networks: &[&str], address: &str) -> Result<String, String> {
        let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        let url = Neighbourhood(networks).read(address, "routingUrl");
        url.map(|url| url.to_string()).map_err(|error| error.rule)
    }

    #[test]
    fn a_service_is_reached_in_the_open_network_alone() {
        for good in ["https://servizi.example.it/graphql", "https://93.184.216.34/", "https://[2606:4700::1111]:8443/g"]
        {
            assert_eq!(read(&[], good).as_deref(), Ok(good));
        }
        let private = [
            "https://localhost/",
            "https://metadata.google.internal/",
            "https://hub/",
            "https://hub.local./",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://169.254.169.254/latest",
            "https://10.1.2.3/",
            "https://100.64.0.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "https://[64:ff9b::a00:1]/",
            "https://0.0.0.0/",
        ];
        for private in private {
            assert_eq!(read(&[], private), Err("ADDRESS_PRIVATE".into()), "{private}");
        }
        let invalid = [
            "",
            "servizi.example.it",
            "ftp://servizi.example.it/",
            "http://servizi.example.it/",
            "https://user:secret@servizi.example.it/",
            "https://servizi.example.it/#x",
            "file:///etc/passwd",
        ];
        for invalid in invalid {
            assert_eq!(read(&[], invalid), Err("ADDRESS_INVALID".into()), "{invalid}");
        }
    }

    #[test]
    fn the_settings_may_name_the_network_of_a_neighbour() {
        let loopback = ["127.0.0.0/8"];
        assert_eq!(read(&loopback, "http://127.0.0.1:4001/graphql").as_deref(), Ok("http://127.0.0.1:4001/graphql"));
        assert_eq!(read(&loopback, "http://localhost:4001/").as_deref(), Ok("http://localhost:4001/"));
        assert_eq!(read(&loopback, "http://10.0.0.1/"), Err("ADDRESS_PRIVATE".into()));
        assert_eq!(read(&["10.0.0.0/8"], "http://10.0.0.1/").as_deref(), Ok("http://10.0.0.1/"));
        assert_eq!(read(&["10.0.0.0/8"], "http://localhost/"), Err("ADDRESS_PRIVATE".into()));
    }
}
